// SPDX-License-Identifier: Apache-2.0
#include "training/training_loop.h"

#include <gtest/gtest.h>

#include <exception>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/test_folder.h"
#include "training/fake_objective.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

/// Keeps the notes, and says stop behind so many steps of a run; -1: never.
class Listener final : public Reporter {
 public:
  void BeginStage(const ProgressReport& /*progress*/) override { updates_ = 0; }
  void Update(const ProgressReport& /*progress*/) override { ++updates_; }
  void Note(std::string_view text) override { notes_.emplace_back(text); }
  bool ShouldStop() override { return stop_at_ >= 0 && updates_ + 1 >= stop_at_; }

  int64_t stop_at_ = -1;
  std::vector<std::string> notes_;

 private:
  int64_t updates_ = 0;
};

struct Outcome {
  bool is_done = false;
  RunProgress progress;
  std::vector<float> values;
  std::vector<int64_t> validated, written;
};

class TrainsLoop : public testing::Test {
 protected:
  using Prepares = std::function<void(FakeObjective&)>;

  LoopSettings Settings(int64_t steps) const {
    return {.trainer = {.learning_rate = {.start = 0.01, .peak = 0.01, .warmup = 0, .decay = Decay::kNone},
                        .adamw = {.weight_decay = 0.1},
                        .clip_norm = 1},
            .steps = steps,
            .checkpoint_every = 3,
            .kept_checkpoints = 2,
            .label = "test"};
  }

  Outcome Run(const std::string& name, const LoopSettings& settings, const Prepares& prepares = {},
              ranks::Communicator* ranks = nullptr) {
    const auto single = ranks::MakeSingleProcess();
    ranks::Communicator& used = ranks != nullptr ? *ranks : *single;
    FakeObjective objective(used);
    if (prepares) prepares(objective);
    const RunFolder folder(folder_.path(name));
    TrainingLoop loop(objective, folder, used, settings, reporter_);
    const bool is_done = loop.Run();
    return {is_done,
            loop.progress(),
            {objective.parameters().values().begin(), objective.parameters().values().end()},
            objective.validated,
            objective.written};
  }

  std::vector<int64_t> Checkpoints(const std::string& name) const {
    return RunFolder(folder_.path(name)).Checkpoints();
  }

  /// The lines of a file without what differs from run to run.
  std::vector<nlohmann::json> Lines(const std::string& name, const char* file) const {
    std::vector<nlohmann::json> lines = RunFolder(folder_.path(name)).ReadLines(file);
    for (nlohmann::json& line : lines) line.erase("seconds");
    return lines;
  }

  TestFolder folder_;
  Listener reporter_;
};

void EveryTwo(FakeObjective& objective) {
  objective.validation_is_due = [](int64_t step) { return step % 2 == 0; };
}

TEST_F(TrainsLoop, ChecksPointsAtTheirStepsAndTheEndAndKeepsTheNewest) {
  const Outcome outcome = Run("run", Settings(7));
  EXPECT_TRUE(outcome.is_done);
  EXPECT_EQ(outcome.written, (std::vector<int64_t>{3, 6, 7}));
  EXPECT_EQ(Checkpoints("run"), (std::vector<int64_t>{6, 7}));
  EXPECT_EQ(outcome.progress.step, 7);
  EXPECT_EQ(outcome.progress.tokens, 70);
  EXPECT_EQ(Lines("run", kMetricsFile).size(), 7u);
}

TEST_F(TrainsLoop, ChecksPointsAfterValidationsWhereThatIsAskedFor) {
  EXPECT_EQ(Run("plain", Settings(5), EveryTwo).written, (std::vector<int64_t>{3, 5}));
  LoopSettings settings = Settings(5);
  settings.checkpoints_after_validation = true;
  const Outcome outcome = Run("run", settings, EveryTwo);
  EXPECT_EQ(outcome.written, (std::vector<int64_t>{2, 3, 4, 5}));
  EXPECT_EQ(outcome.validated, (std::vector<int64_t>{0, 2, 4}));
}

TEST_F(TrainsLoop, WritesWhatAnUpdateWas) {
  Run("run", Settings(2));
  const nlohmann::json line = Lines("run", kMetricsFile).back();
  EXPECT_EQ(line["step"], 2);
  EXPECT_EQ(line["loss"], 6.0);
  EXPECT_EQ(line["own"], 1.0);
  EXPECT_EQ(line["tokens"], 20);
  EXPECT_EQ(line["ranks"], 1);
  EXPECT_EQ(line["learning_rate"], 0.01);
  EXPECT_FALSE(line.contains("skipped"));
}

TEST_F(TrainsLoop, EndsEarlyBehindACheckpoint) {
  const Outcome outcome = Run("run", Settings(100), [](FakeObjective& objective) { objective.ends_after = 4; });
  EXPECT_TRUE(outcome.is_done);
  EXPECT_EQ(outcome.progress.step, 4);
  EXPECT_EQ(outcome.written, (std::vector<int64_t>{3, 4}));
}

/// The gradients of updates [first, last] are not finite.
std::function<void(FakeObjective&)> NotFinite(int64_t first, int64_t last) {
  return [=](FakeObjective& objective) {
    objective.change = [=](int64_t number, std::span<float> gradients, UpdateSums&) {
      if (number >= first && number <= last) gradients[3] = std::numeric_limits<float>::infinity();
    };
  };
}

TEST_F(TrainsLoop, SkipsSomeUpdatesAndSaysSo) {
  LoopSettings settings = Settings(9);
  settings.max_skipped = 2;
  const Outcome outcome = Run("run", settings, NotFinite(5, 6));
  EXPECT_TRUE(outcome.is_done);
  EXPECT_EQ(outcome.progress.skipped, 2);
  EXPECT_EQ(outcome.written, (std::vector<int64_t>{3, 9}));  // none of step 6, whose update was skipped
  EXPECT_EQ(reporter_.notes_, (std::vector<std::string>{"step 5: the gradient is not finite; skipped",
                                                        "step 6: the gradient is not finite; skipped"}));
  const auto lines = Lines("run", kMetricsFile);
  for (const nlohmann::json& line : lines) EXPECT_EQ(line.contains("skipped"), line["step"] == 5 || line["step"] == 6);
}

TEST_F(TrainsLoop, EndsAfterTooManySkippedInARow) {
  LoopSettings settings = Settings(100);
  settings.max_skipped = 2;
  ExpectError([&] { Run("run", settings, NotFinite(4, 100)); },
              folder_.path("run") +
                  ": 3 updates in a row had a gradient that is not finite, the last at step 6; a lower --learning-rate "
                  "may help, from " +
                  folder_.path("run/step-3"));
  settings.trainer.clip_norm = 0;
  ExpectError([&] { Run("other", settings, NotFinite(1, 100)); },
              "the last at step 3; a lower --learning-rate or --clip-norm 1 may help, from the start");
  EXPECT_EQ(Checkpoints("other"), std::vector<int64_t>());
}

TEST_F(TrainsLoop, GoesOnAfterAStopToTheSameBits) {
  const Outcome whole = Run("whole", Settings(10), EveryTwo);
  reporter_.stop_at_ = 4;
  const Outcome stopped = Run("parts", Settings(10), EveryTwo);
  EXPECT_FALSE(stopped.is_done);
  EXPECT_EQ(stopped.progress.step, 4);
  EXPECT_EQ(Checkpoints("parts").back(), 4);
  reporter_.stop_at_ = -1;
  const Outcome rest = Run("parts", Settings(10), EveryTwo);
  EXPECT_TRUE(rest.is_done);
  EXPECT_EQ(rest.values, whole.values);
  EXPECT_EQ(rest.progress.tokens, whole.progress.tokens);
  EXPECT_EQ(rest.validated, (std::vector<int64_t>{6, 8, 10}));
  for (const char* file : {kMetricsFile, kValidationFile}) EXPECT_EQ(Lines("parts", file), Lines("whole", file));
}

TEST_F(TrainsLoop, GoesOnAfterAKillToTheSameBits) {
  const Outcome whole = Run("whole", Settings(10), EveryTwo);
  struct Killed : std::exception {};
  EXPECT_THROW(Run("parts", Settings(10),
                   [](FakeObjective& objective) {
                     EveryTwo(objective);
                     objective.change = [](int64_t number, std::span<float>, UpdateSums&) {
                       if (number == 6) throw Killed();
                     };
                   }),
               Killed);
  EXPECT_EQ(Lines("parts", kMetricsFile).size(), 5u);  // two more than the checkpoint has
  const Outcome rest = Run("parts", Settings(10), EveryTwo);
  EXPECT_EQ(rest.values, whole.values);
  EXPECT_EQ(rest.validated, (std::vector<int64_t>{4, 6, 8, 10}));
  for (const char* file : {kMetricsFile, kValidationFile}) EXPECT_EQ(Lines("parts", file), Lines("whole", file));
}

TEST_F(TrainsLoop, CatchesUpOnAnInterruptedValidation) {
  const Outcome stopped = Run("run", Settings(10), [](FakeObjective& objective) {
    EveryTwo(objective);
    objective.validation_ends = [](int64_t step) { return step != 4; };
  });
  EXPECT_FALSE(stopped.is_done);
  EXPECT_EQ(stopped.progress.step, 4);
  EXPECT_EQ(stopped.validated, (std::vector<int64_t>{0, 2}));
  const Outcome rest = Run("run", Settings(5), EveryTwo);
  EXPECT_EQ(rest.validated, std::vector<int64_t>{4});
  // Interrupted before the first update, a run stops there and begins with it again.
  const Outcome none = Run("first", Settings(10), [](FakeObjective& objective) {
    EveryTwo(objective);
    objective.validation_ends = [](int64_t) { return false; };
  });
  EXPECT_FALSE(none.is_done);
  EXPECT_EQ(none.progress.step, 0);
  EXPECT_EQ(Run("first", Settings(3), EveryTwo).validated, (std::vector<int64_t>{0, 2}));
}

TEST_F(TrainsLoop, OfAFinishedRunDoesNothing) {
  const Outcome first = Run("run", Settings(4), EveryTwo);
  const Outcome again = Run("run", Settings(4), EveryTwo);
  EXPECT_TRUE(again.is_done);
  EXPECT_EQ(again.values, first.values);
  EXPECT_TRUE(again.validated.empty());
  EXPECT_TRUE(again.written.empty());
}

TEST_F(TrainsLoop, ThrowStoppedSaysHowFar) {
  const auto single = ranks::MakeSingleProcess();
  FakeObjective objective(*single);
  const RunFolder folder(folder_.path("run"));
  reporter_.stop_at_ = 2;
  TrainingLoop loop(objective, folder, *single, Settings(10), reporter_);
  EXPECT_FALSE(loop.Run());
  EXPECT_THROW(loop.ThrowStopped(), Stopped);
  EXPECT_EQ(reporter_.notes_.back(), "stopped after step 2 of 10; the same command goes on");
}

TEST_F(TrainsLoop, OfSeveralRanksStopsAndGoesOnTogether) {
  const auto run = [&](const std::string& name, int64_t stop_at) {
    std::vector<Outcome> outcomes(3);
    RunFolder folder(folder_.path(name));  // made before the ranks look for it
    RunRanks(3, [&](ranks::Communicator& ranks) {
      FakeObjective objective(ranks);
      EveryTwo(objective);
      Listener reporter;
      if (ranks.rank() == 1) reporter.stop_at_ = stop_at;
      TrainingLoop loop(objective, folder, ranks, Settings(8), reporter);
      Outcome& outcome = outcomes[static_cast<size_t>(ranks.rank())];
      outcome.is_done = loop.Run();
      outcome.progress = loop.progress();
      outcome.values.assign(objective.parameters().values().begin(), objective.parameters().values().end());
      outcome.validated = objective.validated;
    });
    for (const Outcome& outcome : outcomes) {
      EXPECT_EQ(outcome.is_done, outcomes[0].is_done);
      EXPECT_EQ(outcome.progress.step, outcomes[0].progress.step);
      EXPECT_EQ(outcome.values, outcomes[0].values);
    }
    return outcomes[0];
  };
  const Outcome whole = run("whole", -1);
  EXPECT_EQ(whole.progress.tokens, 240);
  const Outcome stopped = run("parts", 4);
  EXPECT_FALSE(stopped.is_done);
  EXPECT_EQ(stopped.progress.step, 4);
  const Outcome rest = run("parts", -1);
  EXPECT_EQ(rest.values, whole.values);
  EXPECT_EQ(rest.validated, (std::vector<int64_t>{6, 8}));
  for (const char* file : {kMetricsFile, kValidationFile}) EXPECT_EQ(Lines("parts", file), Lines("whole", file));
}

}  // namespace
}  // namespace agront::training
