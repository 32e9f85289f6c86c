// SPDX-License-Identifier: Apache-2.0
#include "training/over_ranks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/free_memory.h"
#include "base/test_folder.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

class Listener final : public Reporter {
 public:
  void Note(std::string_view text) override { heard_.push_back("note " + std::string(text)); }
  void Warn(std::string_view text) override { heard_.push_back("warn " + std::string(text)); }
  bool ShouldStop() override { return stops_; }

  std::vector<std::string> heard_;
  bool stops_ = false;
};

TEST(OverRanks, TheFirstRankReports) {
  Listener listener;
  OverRanks(&listener, [](ranks::Communicator& ranks, Reporter& reporter) {
    EXPECT_EQ(ranks.size(), 1);
    reporter.Note("a");
    reporter.Warn("b");
    EXPECT_FALSE(reporter.ShouldStop());
  });
  EXPECT_EQ(listener.heard_, (std::vector<std::string>{"note a", "warn b"}));
  OverRanks(nullptr, [](ranks::Communicator&, Reporter& reporter) { reporter.Note("to nobody"); });
}

TEST(OverRanks, ErrorsAndStopsReachTheCaller) {
  ExpectError([] { OverRanks(nullptr, [](ranks::Communicator&, Reporter&) { Fail("here: {}", 7); }); }, "here: 7");
  EXPECT_THROW(OverRanks(nullptr, [](ranks::Communicator&, Reporter&) { throw Stopped(); }), Stopped);
}

TEST(AnyRankStops, IfOneOfThemIsToldTo) {
  for (const int told : {-1, 0, 2})
    RunRanks(3, [&](ranks::Communicator& ranks) {
      Listener listener;
      listener.stops_ = ranks.rank() == told;
      EXPECT_EQ(AnyRankStops(listener, ranks), told >= 0) << told;
    });
}

TEST(RoomOfEachRank, IsThatOfTheOneWithTheFewest) {
  RunRanks(3, [](ranks::Communicator& ranks) {
    EXPECT_EQ(RoomOfEachRank(1'000'000 - 1000 * ranks.rank(), ranks), 998'000);
    const int64_t room = RoomOfEachRank(0, ranks);
    EXPECT_GT(room, 0);
    EXPECT_LT(2 * room, FreeMemory());  // three share the machine
  });
}

}  // namespace
}  // namespace agront::training
