// SPDX-License-Identifier: Apache-2.0
// Learning with a whole model, and the features of a probe: the same however examples are packed and shared out.
#include "training/fine_tuning/model_learner.h"

#include <gtest/gtest.h>

#include <numeric>
#include <ostream>
#include <utility>

#include "data/labelled/labelled_test_set.h"
#include "model/agront.h"
#include "model/checkpoints/checkpoint.h"
#include "model/heads/task_head.h"
#include "ops/testing/op_test.h"
#include "training/fine_tuning/feature_set.h"
#include "training/thread_ranks.h"

namespace agront {

static void PrintTo(TaskKind kind, std::ostream* out) { *out << model::Name(kind); }

}  // namespace agront

namespace agront::training {
namespace {

constexpr int64_t kExamples = 6;
const std::string kBase = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/gradients";

/// Sequences of several lengths, the longest in three windows; in a task per token with classes for some bases.
data::LabelledSet AnySet(TaskKind kind) {
  std::mt19937 random(5);
  std::vector<data::LabelledExample> examples;
  for (int64_t i = 0; i < kExamples; ++i) {
    data::LabelledExample example = data::Example(data::RandomBases(random, 30 + static_cast<size_t>(i) * 17));
    if (kind == TaskKind::kToken) {
      example.labels = {};
      for (size_t base = 0; base < example.bases.size(); ++base)
        example.base_classes += base % 4 == 3 ? data::kNoClass : static_cast<char>(random() % 3);
    } else {
      example.labels = {static_cast<float>(random() % 100) / 50};
    }
    examples.push_back(example);
  }
  if (kind == TaskKind::kToken) return data::SetOf(examples, {kind, {"a", "b", "c"}, {}});
  return data::SetOf(examples, {kind, {"y"}, {}});
}

class ModelLearnerSweep : public testing::TestWithParam<TaskKind> {
 protected:
  ModelLearnerSweep() {
    for (int64_t i = 0; i < kExamples; ++i) draws_.push_back({.example = i, .reverse = i % 2 == 1});
  }

  model::TrainableTaskModel Model() const {
    model::TaskModelOptions options;
    options.head.task = set_.task();
    options.head.pooling = GetParam() == TaskKind::kToken ? HeadPooling::kNone : HeadPooling::kMean;
    options.trains_base = true;
    model::TrainableTaskModel model(*model::Checkpoint::Open(kBase), options);
    model.InitializeRandomly(3);
    return model;
  }

  data::LabelledSet set_ = AnySet(GetParam());
  data::TargetTransform transform_;
  ExampleEncoder examples_{
      set_, transform_, {.long_sequences = LongSequences::kWindows, .max_tokens = 8, .class_weights = {}}};
  std::vector<ExampleDraw> draws_;
};

TEST_P(ModelLearnerSweep, TokensOfAPassDoNotChangeTheSums) {
  const auto gradients = [&](int64_t pass_tokens) {
    model::TrainableTaskModel model = Model();
    ModelLearner learner(model, examples_, pass_tokens);
    const LossSum sum = learner.AddGradients(draws_);
    const auto values = model.parameters().gradients();
    return std::pair(sum, std::vector<float>(values.begin(), values.end()));
  };
  const auto [whole, want] = gradients(100'000);
  EXPECT_GT(whole.weight, 0);
  for (const int64_t pass_tokens : {1, 20}) {
    const auto [sum, got] = gradients(pass_tokens);
    EXPECT_NEAR(sum.loss, whole.loss, 1e-5 * whole.loss);
    EXPECT_DOUBLE_EQ(sum.weight, whole.weight);
    EXPECT_EQ(sum.tokens, whole.tokens);
    EXPECT_LT(ops::RelativeError(std::span<const float>(got), want), 1e-5);
  }
}

TEST_P(ModelLearnerSweep, PredictsWhatItLearnsFrom) {
  model::TrainableTaskModel model = Model();
  ModelLearner learner(model, examples_, 20), at_once(model, examples_, 100'000);
  std::vector<int64_t> all(kExamples);
  std::iota(all.begin(), all.end(), 0);
  Outputs outputs, same;
  const LossSum sum = learner.Predict(all, outputs);
  EXPECT_NEAR(sum.loss, at_once.Predict(all, same).loss, 1e-5 * sum.loss);
  EXPECT_EQ(outputs.rows, same.rows);
  EXPECT_EQ(outputs.row_classes, same.row_classes);
  ASSERT_EQ(outputs.values.size(), same.values.size());
  EXPECT_LT(ops::RelativeError(std::span<const float>(outputs.values), same.values), 1e-5);

  const int64_t rows = std::accumulate(outputs.rows.begin(), outputs.rows.end(), int64_t{0});
  EXPECT_EQ(outputs.values.size(), static_cast<size_t>(rows) * set_.task().outputs.size());
  for (const int64_t example : all) {
    const bool is_per_token = GetParam() == TaskKind::kToken;
    EXPECT_EQ(outputs.rows[static_cast<size_t>(example)],
              is_per_token ? examples_.Encode({.example = example}).tokens : 1);
  }
  std::vector<ExampleDraw> forward;
  for (const int64_t example : all) forward.push_back({.example = example});
  EXPECT_NEAR(learner.AddGradients(forward).loss, sum.loss, 1e-5 * sum.loss);
}

INSTANTIATE_TEST_SUITE_P(Tasks, ModelLearnerSweep, testing::Values(TaskKind::kRegression, TaskKind::kToken));

TEST(FeatureSet, HasTheMeanOfEachExamplesTokensLayerByLayer) {
  const data::LabelledSet set = AnySet(TaskKind::kRegression);
  const data::TargetTransform transform;
  const ExampleEncoder examples(set, transform, {.max_tokens = 60, .class_weights = {}});
  const std::vector<ExampleDraw> draws = {
      {.example = 4}, {.example = 0, .reverse = true}, {.example = 5}, {.example = 0}, {.example = 2}};
  const FeatureRequest request{.layers = {{2, false}, {0, false}, {2, true}}, .pass_tokens = 25};
  const auto checkpoint = model::Checkpoint::Open(kBase);
  const auto channels = static_cast<size_t>(checkpoint->shape().hidden);
  // One example at a time, by hand.
  std::vector<std::vector<double>> want(3);
  {
    model::AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
    for (const ExampleDraw& draw : draws) {
      Batch batch;
      batch.Add(examples.Encode(draw).windows.at(0).tokens.ids);
      model::ForwardOutput output;
      model.Forward(batch, {.hidden = request.layers}, output);
      for (size_t layer = 0; layer < 3; ++layer) {
        std::vector<double> mean(channels);
        const int64_t tokens = output.hidden[layer].rows();
        for (int64_t token = 1; token < tokens; ++token)  // without <cls>
          for (size_t c = 0; c < channels; ++c)
            mean[c] += static_cast<double>(output.hidden[layer].row(token)[c]) / static_cast<double>(tokens - 1);
        want[layer].insert(want[layer].end(), mean.begin(), mean.end());
      }
    }
  }
  for (const int size : {1, 2, 7})  // some of seven have no example
    RunRanks(size, [&](ranks::Communicator& ranks) {
      const auto own = model::Checkpoint::Open(kBase);
      model::AgroNT model(own->shape(), *own, Precision::kFp32);
      double share = -1;
      const FeatureSet features(model, examples, draws, request, ranks, [&](int64_t, double done) { share = done; });
      EXPECT_TRUE(share == 1 || (share == -1 && size == 7)) << share;
      for (const size_t layer : {2, 0, 1})
        EXPECT_LT(ops::RelativeError(std::as_const(features).Layer(layer).view().values(), want[layer]), 1e-5)
            << layer << " of " << size;
    });
}

}  // namespace
}  // namespace agront::training
