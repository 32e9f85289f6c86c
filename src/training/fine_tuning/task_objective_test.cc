// SPDX-License-Identifier: Apache-2.0
// Which examples an update has, on however many ranks, and what becomes of predictions there.
#include "training/fine_tuning/task_objective.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>
#include <set>

#include "base/test_folder.h"
#include "training/fake_objective.h"
#include "training/fine_tuning/predict_over_ranks.h"
#include "training/fine_tuning/rank_share.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

/// Keeps what it is asked for. Its predictions of example i are i rows of i + 1/2, of class i.
class RecordingLearner final : public Learner {
 public:
  model::TrainingParameters& parameters() override { return parameters_; }
  LossSum AddGradients(std::span<const ExampleDraw> draws) override {
    draws_.insert(draws_.end(), draws.begin(), draws.end());
    return {.loss = 1, .weight = static_cast<double>(draws.size()), .tokens = 5};
  }
  LossSum Predict(std::span<const int64_t> examples, Outputs& outputs) override {
    LossSum sum;
    for (const int64_t example : examples) {
      sum.loss += static_cast<double>(example);
      sum.weight += example == 0 ? 0 : 1;
      outputs.rows.push_back(example);
      for (int64_t row = 0; row < example; ++row) {
        outputs.values.push_back(static_cast<float>(example) + 0.5f);
        outputs.row_classes.push_back(static_cast<int32_t>(example) - 1);
      }
    }
    return sum;
  }

  std::vector<ExampleDraw> draws_;

 private:
  model::TrainingParameters parameters_ = FewParameters();
};

class DrawsExamples : public testing::Test {
 protected:
  /// The draws of each update of some epochs, over all ranks in their order.
  std::vector<std::vector<ExampleDraw>> Draws(const ExampleOrder& order, int64_t epochs, int size = 1) {
    std::vector<std::vector<std::vector<ExampleDraw>>> of_ranks(static_cast<size_t>(size));
    RunRanks(size, [&](ranks::Communicator& ranks) {
      RecordingLearner learner;
      Reporter reporter;
      const std::vector<int64_t> valid;
      TaskObjective objective(learner, train_, valid, order, 0, folder_, ranks, reporter);
      for (int64_t number = 1; number <= epochs * objective.steps_per_epoch(); ++number) {
        learner.draws_.clear();
        int64_t ready = 0;
        objective.AddGradients(number, [&](int64_t first, int64_t last) { ready += last - first; });
        EXPECT_EQ(ready, static_cast<int64_t>(learner.parameters().gradients().size()));
        of_ranks[static_cast<size_t>(ranks.rank())].push_back(learner.draws_);
      }
    });
    std::vector<std::vector<ExampleDraw>> all = of_ranks[0];
    for (size_t rank = 1; rank < of_ranks.size(); ++rank)
      for (size_t step = 0; step < all.size(); ++step)
        all[step].insert(all[step].end(), of_ranks[rank][step].begin(), of_ranks[rank][step].end());
    return all;
  }

  static std::vector<std::pair<int64_t, bool>> Pairs(const std::vector<std::vector<ExampleDraw>>& steps) {
    std::vector<std::pair<int64_t, bool>> pairs;
    for (const auto& step : steps)
      for (const ExampleDraw& draw : step) pairs.emplace_back(draw.example, draw.reverse);
    return pairs;
  }

  TestFolder scratch_;
  RunFolder folder_{scratch_.path("run")};
  std::vector<int64_t> train_ = {3, 14, 15, 92, 65, 35, 89, 79, 32, 38, 46, 26, 43};  // 13 of a larger set
};

TEST_F(DrawsExamples, EachOnceAnEpochInFullBatchesButTheLast) {
  const auto steps = Draws({.batch_size = 5, .seed = 7}, 3);
  ASSERT_EQ(steps.size(), 9u);
  for (size_t epoch = 0; epoch < 3; ++epoch) {
    std::multiset<int64_t> seen;
    for (size_t step = 0; step < 3; ++step) {
      EXPECT_EQ(steps[3 * epoch + step].size(), step == 2 ? 3u : 5u);
      for (const ExampleDraw& draw : steps[3 * epoch + step]) seen.insert(draw.example);
    }
    EXPECT_EQ(seen, std::multiset<int64_t>(train_.begin(), train_.end()));
  }
}

TEST_F(DrawsExamples, TheSameOnAnyNumberOfRanks) {
  const ExampleOrder order{.batch_size = 5, .seed = 7, .reverse_complement = true};
  const auto alone = Pairs(Draws(order, 2));
  for (const int ranks : {2, 3, 7}) EXPECT_EQ(Pairs(Draws(order, 2, ranks)), alone) << ranks;
}

TEST_F(DrawsExamples, StrandsAreDrawnAgainInEachEpoch) {
  ExampleOrder order{.batch_size = 5, .seed = 7};
  for (const auto& [example, reverse] : Pairs(Draws(order, 2))) EXPECT_FALSE(reverse) << example;
  order.reverse_complement = true;
  constexpr int64_t kEpochs = 40;
  const auto drawn = Pairs(Draws(order, kEpochs));
  std::map<int64_t, int> reversed;
  for (const auto& [example, reverse] : drawn) reversed[example] += reverse ? 1 : 0;
  for (const auto& [example, times] : reversed) {  // half of them: 20, with a standard deviation of 3.2
    EXPECT_GT(times, 4) << example;
    EXPECT_LT(times, 36) << example;
  }
  std::vector<bool> first, second;  // in the order of the draws, which has examples elsewhere in each epoch
  for (size_t i = 0; i < train_.size(); ++i) {
    first.push_back(drawn[i].second);
    second.push_back(drawn[train_.size() + i].second);
  }
  EXPECT_NE(first, second);
  order.seed = 8;
  EXPECT_NE(Pairs(Draws(order, kEpochs)), drawn);
}

TEST_F(DrawsExamples, ValidatesBehindEachEpochAndKeepsTheLowestLoss) {
  const auto single = ranks::MakeSingleProcess();
  RecordingLearner learner;
  Reporter reporter;
  std::vector<int64_t> valid = {4};
  TaskObjective objective(learner, train_, valid, {.batch_size = 5}, 2, folder_, *single, reporter);
  std::vector<int64_t> due;
  for (int64_t step = 0; step <= 7; ++step)
    if (objective.IsValidationDue(step)) due.push_back(step);
  EXPECT_EQ(due, (std::vector<int64_t>{0, 3, 6}));

  RunLog log(folder_, *single, 0);
  const auto validate = [&](int64_t epoch, int64_t loss, float value) {
    valid = {loss};  // which is what the learner says of the example
    learner.parameters().values()[0] = value;
    objective.Validate(3 * epoch, 0, log);
  };
  validate(0, 1, 10);
  EXPECT_EQ(objective.best().step, 0);  // the values before the first update are never kept
  validate(1, 5, 11);
  validate(2, 4, 12);
  EXPECT_EQ(objective.best().step, 6);
  validate(3, 4, 13);  // no better
  EXPECT_FALSE(objective.EndsEarly());
  validate(4, 6, 14);
  EXPECT_TRUE(objective.EndsEarly());
  EXPECT_EQ(objective.best().step, 6);
  EXPECT_EQ(objective.best().loss, 4);
  objective.TakeBest();
  EXPECT_EQ(learner.parameters().values()[0], 12);
}

TEST(ShareOf, CutsEvenlyInOrder) {
  std::vector<int64_t> items(11);
  std::iota(items.begin(), items.end(), 0);
  for (const int size : {1, 3, 11, 14}) {
    std::vector<std::vector<int64_t>> shares(static_cast<size_t>(size));
    RunRanks(size, [&](ranks::Communicator& ranks) {
      const auto share = ShareOf(items, ranks);
      shares[static_cast<size_t>(ranks.rank())].assign(share.begin(), share.end());
    });
    std::vector<int64_t> all;
    for (const auto& share : shares) {
      EXPECT_LE(share.size(), (items.size() + shares.size() - 1) / shares.size());
      EXPECT_GE(share.size(), items.size() / shares.size());
      all.insert(all.end(), share.begin(), share.end());
    }
    EXPECT_EQ(all, items) << size;
  }
}

TEST(PredictOverRanks, GivesAllOutputsInOrderOnTheFirstRank) {
  const std::vector<int64_t> examples = {5, 0, 2, 3};
  for (const int size : {1, 3, 6})
    RunRanks(size, [&](ranks::Communicator& ranks) {
      RecordingLearner learner;
      const Prediction prediction = PredictOverRanks(learner, examples, ranks);
      EXPECT_DOUBLE_EQ(prediction.loss, 10.0 / 3);
      if (ranks.rank() != 0) return;
      EXPECT_EQ(prediction.outputs.rows, examples);
      EXPECT_EQ(prediction.outputs.values, (std::vector<float>{5.5, 5.5, 5.5, 5.5, 5.5, 2.5, 2.5, 3.5, 3.5, 3.5}));
      EXPECT_EQ(prediction.outputs.row_classes, (std::vector<int32_t>{4, 4, 4, 4, 4, 1, 1, 2, 2, 2}));
    });
}

TEST(PredictOverRanks, HasNoLossWhereNothingHasAWeight) {
  const auto single = ranks::MakeSingleProcess();
  RecordingLearner learner;
  EXPECT_TRUE(std::isnan(PredictOverRanks(learner, {0, 0}, *single).loss));
}

}  // namespace
}  // namespace agront::training
