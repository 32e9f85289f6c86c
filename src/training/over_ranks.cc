// SPDX-License-Identifier: Apache-2.0
#include "training/over_ranks.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/free_memory.h"
#include "base/reporter.h"

namespace agront::training {
namespace {

/// The reporter of a rank: the first one reports for all. A stop may reach any of them.
class ReporterOfRank final : public Reporter {
 public:
  ReporterOfRank(Reporter& reporter, int rank) : reporter_(reporter), is_first_(rank == 0) {}

  void BeginStage(const ProgressReport& progress) override { reporter_.BeginStage(progress); }
  void EndStage() noexcept override { reporter_.EndStage(); }
  bool ShouldStop() override { return reporter_.ShouldStop(); }
  void Update(const ProgressReport& progress) override {
    if (is_first_) reporter_.Update(progress);
  }
  void Note(std::string_view text) override {
    if (is_first_) reporter_.Note(text);
  }
  void Warn(std::string_view text) override {
    if (is_first_) reporter_.Warn(text);
  }

 private:
  Reporter& reporter_;
  bool is_first_;
};

}  // namespace

void OverRanks(Reporter* reporter, const std::function<void(ranks::Communicator&, Reporter&)>& work) {
  const std::unique_ptr<ranks::Communicator> ranks = ranks::JoinRanks();
  ReporterOfRank of_rank(OrSilent(reporter), ranks->rank());
  try {
    work(*ranks, of_rank);
  } catch (const Stopped&) {
    throw;  // all ranks agreed
  } catch (...) {
    ranks->EndAllAtExit();
    throw;
  }
}

bool AnyRankStops(Reporter& reporter, ranks::Communicator& ranks) {
  double stops = reporter.ShouldStop() ? 1 : 0;
  ranks.Sum({&stops, 1});
  return stops > 0;
}

int64_t RoomOfEachRank(int64_t allowed, ranks::Communicator& ranks) {
  const int64_t own = allowed > 0 ? allowed : FreeMemory() / 10 * 9 / ranks.local_size();
  std::vector<double> rooms(static_cast<size_t>(ranks.size()));
  rooms[static_cast<size_t>(ranks.rank())] = static_cast<double>(own);
  ranks.Sum(rooms);
  return static_cast<int64_t>(*std::ranges::min_element(rooms));
}

}  // namespace agront::training
