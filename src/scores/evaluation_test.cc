// SPDX-License-Identifier: Apache-2.0
#include "scores/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "base/error.h"
#include "base/failing_memory.h"
#include "base/parallel.h"
#include "scores/resampler.h"
#include "scores/scorer.h"

namespace agront::scores {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Random labels and predictions with ties and missing labels.
LabelledPredictions RandomPredictions(TaskKind kind, int64_t outputs, int64_t size, uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t bound) { return static_cast<double>(random() % bound); };
  LabelledPredictions predictions;
  predictions.task.kind = kind;
  for (int64_t i = 0; i < outputs; ++i) predictions.task.outputs.push_back("output " + std::to_string(i));
  predictions.size = size;
  const bool are_classes = kind == TaskKind::kMulticlass || kind == TaskKind::kToken;
  const auto classes = static_cast<uint32_t>(are_classes ? outputs : kind == TaskKind::kRegression ? 30 : 2);
  for (int64_t i = 0; i < size * predictions.labels_per_example(); ++i)
    predictions.labels.push_back(random() % 8 == 0 ? kMissing : below(classes));
  for (int64_t i = 0; i < size * outputs; ++i) predictions.predictions.push_back(below(20) / 20);
  return predictions;
}

/// Each example as often as `counts` says.
LabelledPredictions Repeat(const LabelledPredictions& once, const std::vector<Count>& counts) {
  LabelledPredictions repeated;
  repeated.task = once.task;
  const int64_t labels = once.labels_per_example();
  const int64_t outputs = once.task.num_outputs();
  for (int64_t i = 0; i < once.size; ++i)
    for (Count copy = 0; copy < counts[i]; ++copy) {
      const auto label = once.labels.begin() + i * labels;
      const auto prediction = once.predictions.begin() + i * outputs;
      repeated.labels.insert(repeated.labels.end(), label, label + labels);
      repeated.predictions.insert(repeated.predictions.end(), prediction, prediction + outputs);
      repeated.clusters.push_back(i);
      ++repeated.size;
    }
  return repeated;
}

struct Kind {
  TaskKind kind;
  int64_t outputs;
};
constexpr Kind kKinds[] = {{TaskKind::kBinary, 1},     {TaskKind::kMultilabel, 3}, {TaskKind::kMulticlass, 4},
                           {TaskKind::kRegression, 1}, {TaskKind::kRegression, 3}, {TaskKind::kToken, 5}};

TEST(Scorer, CountsAreCopies) {
  std::mt19937 random(3);
  for (const auto [kind, outputs] : kKinds)
    for (const int64_t size : {1, 2, 40}) {
      const LabelledPredictions once = RandomPredictions(kind, outputs, size, random());
      std::vector<Count> counts;
      for (int64_t i = 0; i < size; ++i) counts.push_back(static_cast<Count>(random() % 4));
      const LabelledPredictions repeated = Repeat(once, counts);
      const auto got = MakeScorer(once)->Scores(counts);
      const auto expected = MakeScorer(repeated)->Scores(std::vector(static_cast<size_t>(repeated.size), Count{1}));
      ASSERT_EQ(got.size(), expected.size());
      for (size_t i = 0; i < got.size(); ++i)
        if (std::isnan(expected[i]))
          EXPECT_TRUE(std::isnan(got[i])) << i;
        else
          EXPECT_NEAR(got[i], expected[i], 1e-11 * std::max(1.0, std::abs(expected[i]))) << i;
    }
}

TEST(Resampler, DrawsAsManyAsThereAre) {
  constexpr int64_t kSize = 20'001;
  const Resampler resampler(kSize, {}, 5);
  std::vector<Count> first(kSize), second(kSize);
  resampler.Draw(0, first);
  resampler.Draw(1, second);
  EXPECT_NE(first, second);
  EXPECT_EQ(std::accumulate(first.begin(), first.end(), int64_t{0}), kSize);
  // Not drawn: (1 - 1/n)^n of them, 1/e, with a variance of 1/e - 2/e^2 each.
  const auto never = static_cast<double>(std::ranges::count(first, Count{0}));
  EXPECT_NEAR(never / kSize, std::exp(-1), 5 * std::sqrt((std::exp(-1) - 2 * std::exp(-2)) / kSize));
}

TEST(Evaluate, GivesTheIntervalOfAShare) {
  LabelledPredictions predictions = RandomPredictions(TaskKind::kBinary, 1, 2000, 1);
  for (int64_t i = 0; i < predictions.size; ++i) {
    predictions.labels[i] = 1;
    predictions.predictions[i] = i % 10 < 7 ? 0.9 : 0.1;
  }
  const Score accuracy = Evaluate({predictions}, {.resamples = 4000}).tables[0].Find("accuracy");
  const double half = 1.959964 * std::sqrt(0.7 * 0.3 / 2000);
  EXPECT_DOUBLE_EQ(accuracy.value, 0.7);
  EXPECT_NEAR(accuracy.low, 0.7 - half, 0.1 * half);
  EXPECT_NEAR(accuracy.high, 0.7 + half, 0.1 * half);
}

TEST(Evaluate, GivesNoIntervalThatItsScoreIsOutside) {
  LabelledPredictions predictions = RandomPredictions(TaskKind::kBinary, 1, 400, 5);
  std::mt19937 random(9);
  for (int64_t i = 0; i < predictions.size; ++i)  // as well calibrated as can be
    predictions.labels[i] = random() % 20 < 20 * predictions.predictions[i] ? 1 : 0;
  const Evaluation evaluation = Evaluate({predictions, predictions}, {.resamples = 500});
  for (const Score& score : evaluation.tables[0].overall) {
    EXPECT_EQ(score.has_interval(), score.name != "ece") << score.name;
    if (!score.has_interval()) continue;
    EXPECT_LE(score.low, score.value) << score.name;
    EXPECT_GE(score.high, score.value) << score.name;
  }
  EXPECT_FALSE(ToJson(evaluation.tables[0]).contains("ece_low"));
  EXPECT_TRUE(ToJson(evaluation.tables[0]).contains("brier_low"));
  EXPECT_TRUE(ToJson(evaluation.differences[0])["ece"]["low"].is_null());
}

TEST(Evaluate, DrawsWholeClusters) {
  LabelledPredictions once = RandomPredictions(TaskKind::kBinary, 1, 100, 7);
  const LabelledPredictions copies = Repeat(once, std::vector(100, Count{3}));
  const BootstrapOptions options = {.resamples = 200, .seed = 2};
  const Score alone = Evaluate({once}, options).tables[0].Find("accuracy");
  const Score together = Evaluate({copies}, options).tables[0].Find("accuracy");
  EXPECT_DOUBLE_EQ(alone.low, together.low);
  EXPECT_DOUBLE_EQ(alone.high, together.high);
}

TEST(Evaluate, TellsABetterPredictorFromItsEqual) {
  const LabelledPredictions guess = RandomPredictions(TaskKind::kBinary, 1, 500, 3);
  LabelledPredictions better = guess;
  for (int64_t i = 0; i < guess.size; ++i)
    if (guess.labels[i] == 1) better.predictions[i] = std::min(1.0, better.predictions[i] + 0.4);
  const Evaluation evaluation = Evaluate({better, guess, better}, {.resamples = 999});
  const Difference& ahead = evaluation.differences[0][0];
  EXPECT_EQ(ahead.name, "auroc");
  EXPECT_DOUBLE_EQ(ahead.value, evaluation.tables[0].Find("auroc").value - evaluation.tables[1].Find("auroc").value);
  EXPECT_GT(ahead.low, 0.1);
  EXPECT_DOUBLE_EQ(ahead.p_value, 0.002);
  const Difference& same = evaluation.differences[1][0];
  EXPECT_EQ(same.low, 0);
  EXPECT_EQ(same.high, 0);
  EXPECT_EQ(same.p_value, 1);
}

TEST(Evaluate, DependsOnTheSeedAndNotOnThreads) {
  for (const auto [kind, outputs] : kKinds) {
    const LabelledPredictions predictions = RandomPredictions(kind, outputs, 300, 11);
    const auto json = [&](int threads, uint64_t seed) {
      SetThreads(threads);
      const auto text = ToJson(Evaluate({predictions}, {.resamples = 50, .seed = seed}).tables[0]).dump();
      SetThreads(0);
      return text;
    };
    const std::string alone = json(1, 1);
    EXPECT_EQ(alone, json(3, 1));
    EXPECT_NE(alone, json(3, 2));
  }
}

TEST(Evaluate, ThrowsWhenMemoryEndsBetweenResamples) {
  const LabelledPredictions predictions = RandomPredictions(TaskKind::kMulticlass, 3, 300, 11);
  for (const int64_t allocations : {0, 1, 7}) {
    const auto evaluate = [&] {
      SetThreads(3);
      Evaluate({predictions}, {.resamples = 200});
    };
    EXPECT_EQ(CallWithAllocations(allocations, evaluate), Ending::kOutOfMemory) << allocations;
  }
}

TEST(Evaluate, RefusesWhatCannotBeScored) {
  const LabelledPredictions good = RandomPredictions(TaskKind::kMulticlass, 3, 10, 1);
  LabelledPredictions bad = good;
  bad.labels[4] = 3;
  EXPECT_THROW(Evaluate({bad}, {}), Error);
  bad = good;
  bad.predictions[4] = 1.5;
  EXPECT_THROW(Evaluate({bad}, {}), Error);
  bad = good;
  bad.predictions.pop_back();
  EXPECT_THROW(Evaluate({bad}, {}), Error);
  bad = good;
  bad.labels[4] = bad.labels[4] == 0 ? 1 : 0;
  EXPECT_THROW(Evaluate({good, bad}, {}), Error);
}

}  // namespace
}  // namespace agront::scores
