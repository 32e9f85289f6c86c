// SPDX-License-Identifier: Apache-2.0
// The lines of a run, and their curves for TensorBoard.
#include "training/run_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/test_folder.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

class LogsRun : public testing::Test {
 protected:
  void Write(int64_t first, int64_t last, int64_t from) {
    const auto single = ranks::MakeSingleProcess();
    RunLog log(run_, *single, from);
    for (int64_t step = first; step <= last; ++step) {
      log.AddUpdate({{"step", step}, {"loss", 0.5}});
      if (step % 2 == 0) log.AddValidation({{"step", step}, {"loss", 0.25}});
    }
    log.Sync();
  }

  std::vector<int64_t> Steps(const char* file) const {
    std::vector<int64_t> steps;
    for (const nlohmann::json& line : run_.ReadLines(file)) steps.push_back(line["step"]);
    return steps;
  }

  std::vector<std::string> EventFiles() const {
    std::vector<std::string> files;
    for (const std::string& name : folder_.Names("run"))
      if (name.starts_with("events.out.tfevents.")) files.push_back(name);
    return files;
  }

  /// Scalars with this tag in the only event file.
  int64_t Events(const std::string& tag) const {
    EXPECT_EQ(EventFiles().size(), 1u);
    const std::string bytes = folder_.Read("run/" + EventFiles().front());
    int64_t found = 0;
    for (size_t at = bytes.find(tag); at != std::string::npos; at = bytes.find(tag, at + 1)) ++found;
    return found;
  }

  TestFolder folder_;
  RunFolder run_{folder_.path("run")};
};

TEST_F(LogsRun, GoesBackToTheCheckpointAndRepeatsEachLineOnce) {
  Write(1, 5, 0);
  EXPECT_EQ(Events("train/loss"), 5);
  EXPECT_EQ(Events("validation/loss"), 2);
  Write(4, 6, 3);
  EXPECT_EQ(Steps(kMetricsFile), (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(Steps(kValidationFile), (std::vector<int64_t>{2, 4, 6}));
  EXPECT_EQ(Events("train/loss"), 6);
  EXPECT_EQ(Events("validation/loss"), 3);
}

TEST_F(LogsRun, KnowsTheLastValidation) {
  const auto single = ranks::MakeSingleProcess();
  EXPECT_EQ(RunLog(run_, *single, 0).validated(), -1);
  Write(1, 5, 0);
  EXPECT_EQ(RunLog(run_, *single, 5).validated(), 4);
  EXPECT_EQ(RunLog(run_, *single, 3).validated(), 2);
}

TEST_F(LogsRun, LeavesALineWithoutItsEnd) {
  for (const std::string last : {R"({"step":2,"lo)", R"({"step":2,"loss":3})"}) {
    folder_.Write("run/metrics.jsonl", "{\"step\":1,\"loss\":2}\n" + last);
    Write(2, 2, 2);
    EXPECT_EQ(Steps(kMetricsFile), (std::vector<int64_t>{1, 2})) << last;
  }
}

TEST_F(LogsRun, RemovesItsOwnOldEventsAndNobodyElses) {
  folder_.Write("run/events.out.tfevents.0000000001.another.7", "");
  folder_.Write("run/events.out.tfevents.0000000001.agront.7", "");
  Write(1, 1, 0);
  const std::vector<std::string> files = EventFiles();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0], "events.out.tfevents.0000000001.another.7");
}

TEST_F(LogsRun, HasCurvesOfSpeciesToo) {
  const auto single = ranks::MakeSingleProcess();
  RunLog log(run_, *single, 0);
  log.AddValidation({{"step", 4}, {"loss", 2}, {"species", {{"Zea_mays", {{"loss", 1}, {"masks", 5}}}}}});
  EXPECT_EQ(Events("validation/Zea_mays/loss"), 1);
  EXPECT_EQ(Events("validation/step"), 0);
}

TEST_F(LogsRun, IsWrittenByTheFirstRankAlone) {
  RunRanks(3, [&](ranks::Communicator& ranks) {
    {
      RunLog log(run_, ranks, 0);
      for (int64_t step = 1; step <= 2; ++step) log.AddUpdate({{"step", step}, {"loss", 1}});
      log.AddValidation({{"step", 2}, {"loss", 1}});
      log.Sync();
    }
    double nothing = 0;
    ranks.Sum({&nothing, 1});
    EXPECT_EQ(RunLog(run_, ranks, 2).validated(), 2);
  });
  EXPECT_EQ(Steps(kMetricsFile), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(Steps(kValidationFile), (std::vector<int64_t>{2}));
}

}  // namespace
}  // namespace agront::training
