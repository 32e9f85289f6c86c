// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/train_epochs.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>

#include "ranks/communicator.h"
#include "training/fine_tuning/predict_over_ranks.h"

namespace agront::training {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kSize = 3;

ModelShape AnyShape() {
  return {.vocabulary = 8, .hidden = kSize, .heads = 1, .layers = 1, .ffn = 4, .positions = 8, .layer_norm_epsilon = 1};
}

/// Learns a vector w with the loss (w[i % 3] - i)^2 of example i.
class VectorLearner final : public Learner {
 public:
  VectorLearner() : parameters_(AnyShape(), {{"vector", kSize, 0, "", "", false}}, {}) {
    std::ranges::fill(parameters_.values(), 0.0f);
  }

  model::TrainingParameters& parameters() override { return parameters_; }

  LossSum AddGradients(std::span<const ExampleDraw> draws) override {
    LossSum sum;
    for (const ExampleDraw& draw : draws) {
      seen_.push_back(draw.example);
      const float difference = Difference(draw.example);
      parameters_.gradients()[static_cast<size_t>(draw.example % kSize)] += 2 * difference;
      sum.loss += static_cast<double>(difference * difference);
      sum.weight += 1;
      sum.tokens += 1;
    }
    return sum;
  }

  LossSum Predict(std::span<const int64_t> examples, Outputs& outputs) override {
    LossSum sum;
    for (const int64_t example : examples) {
      sum.loss += static_cast<double>(Difference(example) * Difference(example));
      sum.weight += 1;
      outputs.values.push_back(Difference(example) + static_cast<float>(example));
      outputs.rows.push_back(1);
    }
    return sum;
  }

  std::vector<int64_t> seen_;

 private:
  float Difference(int64_t example) {
    return parameters_.values()[static_cast<size_t>(example % kSize)] - static_cast<float>(example);
  }

  model::TrainingParameters parameters_;
};

/// Says stop when it was asked as many times.
class StopsAfter final : public Reporter {
 public:
  bool ShouldStop() override { return left_ >= 0 && left_-- == 0; }
  int64_t left_ = -1;  // never
};

class TrainsEpochs : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("agront_loop_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    ranks_ = ranks::MakeSingleProcess();
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::vector<int64_t> Examples(int64_t first, int64_t last) {
    std::vector<int64_t> examples(static_cast<size_t>(last - first));
    std::iota(examples.begin(), examples.end(), first);
    return examples;
  }

  TaskRunState Train(VectorLearner& learner, const std::string& name, int64_t epochs) {
    EpochSettings settings{
        .order = {.batch_size = 4, .seed = 7},
        .trainer = {.learning_rate = {.start = 0.5, .peak = 0.5, .warmup = 0, .decay = Decay::kNone}, .adamw = {}},
        .epochs = epochs,
        .patience = patience_,
        .checkpoint_every = 3,
        .label = "test"};
    const RunFolder folder((folder_ / name).string());
    return training::TrainEpochs(learner, Examples(0, 10), valid_, folder, *ranks_, settings, reporter_);
  }

  std::string Text(const std::string& name, const char* file) const {
    std::ifstream stream(folder_ / name / file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  fs::path folder_;
  std::unique_ptr<ranks::Communicator> ranks_;
  std::vector<int64_t> valid_ = Examples(0, 10);
  int64_t patience_ = 0;
  StopsAfter reporter_;
};

TEST_F(TrainsEpochs, ValidatesBeforeTheFirstUpdateAndNeverKeepsThat) {
  valid_ = {0};  // whose loss is 0 before training moves its value
  VectorLearner learner;
  const TaskRunState state = Train(learner, "run", 2);
  const std::string lines = Text("run", "validation.jsonl");
  EXPECT_TRUE(lines.starts_with("{\"step\":0,\"epoch\":0,\"loss\":0.0}\n")) << lines;
  EXPECT_EQ(std::ranges::count(lines, '\n'), 3);
  EXPECT_GT(state.best.step, 0);
  EXPECT_GT(state.best.loss, 0);
  EXPECT_NE(learner.parameters().values()[0], 0);
}

TEST_F(TrainsEpochs, ValidatesOnceBeforeTheFirstUpdateWhereNoCheckpointIsLeft) {
  VectorLearner first;
  reporter_.left_ = 0;
  EXPECT_THROW(Train(first, "run", 2), Stopped);
  fs::remove_all(folder_ / "run" / "step-1");
  reporter_.left_ = -1;
  VectorLearner second;
  Train(second, "run", 2);
  VectorLearner whole;
  Train(whole, "whole", 2);
  EXPECT_EQ(Text("run", "validation.jsonl"), Text("whole", "validation.jsonl"));
}

TEST_F(TrainsEpochs, SeesEveryExampleOnceAnEpochInAnotherOrder) {
  VectorLearner learner;
  Train(learner, "run", 2);
  ASSERT_EQ(learner.seen_.size(), 20);
  std::vector<int64_t> first(learner.seen_.begin(), learner.seen_.begin() + 10);
  std::vector<int64_t> second(learner.seen_.begin() + 10, learner.seen_.end());
  EXPECT_NE(first, second);
  for (auto* epoch : {&first, &second}) {
    std::ranges::sort(*epoch);
    EXPECT_EQ(*epoch, Examples(0, 10));
  }
}

TEST_F(TrainsEpochs, LearnsWhatTheGradientSays) {
  VectorLearner learner;
  Train(learner, "run", 20);
  // Means of 0 3 6 9, 1 4 7 and 2 5 8; the steps of Adam at a constant rate stay around them.
  const std::vector<float> means = {4.5f, 4.0f, 5.0f};
  for (size_t i = 0; i < means.size(); ++i) EXPECT_NEAR(learner.parameters().values()[i], means[i], 0.7);
}

TEST_F(TrainsEpochs, StopsWhenValidationGetsWorseAndKeepsTheBest) {
  valid_ = {0};  // w[0] = 0 at the start; training drives it away
  patience_ = 2;
  VectorLearner learner;
  const TaskRunState state = Train(learner, "run", 100);
  EXPECT_EQ(state.progress.step, 9);  // three updates an epoch: the first is best, two more
  EXPECT_EQ(state.best.step, 3);
  EXPECT_NEAR(std::pow(learner.parameters().values()[0], 2), state.best.loss, 1e-6);
}

TEST_F(TrainsEpochs, GoesOnToTheSameBits) {
  VectorLearner whole;
  Train(whole, "whole", 4);
  VectorLearner half;
  Train(half, "parts", 2);
  VectorLearner rest;
  Train(rest, "parts", 4);
  EXPECT_EQ(rest.seen_.size(), 20);  // not all of them again
  EXPECT_TRUE(std::ranges::equal(whole.parameters().values(), rest.parameters().values()));
  EXPECT_EQ(Text("whole", kValidationFile), Text("parts", kValidationFile));
}

TEST_F(TrainsEpochs, StopsBehindACheckpoint) {
  VectorLearner whole;
  Train(whole, "whole", 4);
  VectorLearner stopped;
  reporter_.left_ = 4;
  EXPECT_THROW(Train(stopped, "parts", 4), Stopped);
  EXPECT_EQ(RunFolder((folder_ / "parts").string()).Checkpoints().back(), 5);
  VectorLearner rest;
  Train(rest, "parts", 4);
  EXPECT_TRUE(std::ranges::equal(whole.parameters().values(), rest.parameters().values()));
}

TEST_F(TrainsEpochs, WithoutValidationTheLastValuesStay) {
  valid_.clear();
  VectorLearner learner;
  const TaskRunState state = Train(learner, "run", 2);
  EXPECT_EQ(state.best.step, 0);
  EXPECT_NE(learner.parameters().values()[0], 0.0f);
}

TEST_F(TrainsEpochs, PredictionsComeInTheOrderAskedFor) {
  VectorLearner learner;
  const Prediction prediction = PredictOverRanks(learner, {5, 1, 2}, *ranks_);
  EXPECT_EQ(prediction.outputs.rows, (std::vector<int64_t>{1, 1, 1}));
  EXPECT_DOUBLE_EQ(prediction.loss, (25.0 + 1 + 4) / 3);
}

}  // namespace
}  // namespace agront::training
