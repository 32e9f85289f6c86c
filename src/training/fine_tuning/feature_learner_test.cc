// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/feature_learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>

namespace agront::training {
namespace {

constexpr int64_t kExamples = 50;

data::LabelledSet AnySet() {
  data::LabelledSet set({.kind = TaskKind::kRegression, .outputs = {"y"}, .binary_words = {}});
  for (int64_t i = 0; i < kExamples; ++i) {
    data::LabelledExample example;
    example.id = std::to_string(i);
    example.bases = "ACGT";
    example.labels = {0};
    set.Add(example);
  }
  return set;
}

/// Channels that rise and fall together, as those of a language model do, of different means and spreads.
tensor::Matrix CorrelatedFeatures(int64_t channels) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  tensor::Matrix features;
  features.Resize(kExamples, channels, kExamples);
  for (int64_t i = 0; i < kExamples; ++i) {
    const float shared = normal(random);
    const std::span<float> row = features.view().row(i);
    for (int64_t c = 0; c < channels; ++c)
      row[static_cast<size_t>(c)] =
          static_cast<float>(c % 7) + static_cast<float>(1 + c % 5) * (shared + normal(random));
  }
  return features;
}

struct ProbeOf {
  explicit ProbeOf(int64_t channels)
      : probe({.vocabulary = 8,
               .hidden = channels,
               .heads = 1,
               .layers = 1,
               .ffn = 4,
               .positions = 8,
               .layer_norm_epsilon = 1},
              {.task = set.task()}) {
    std::iota(all.begin(), all.end(), int64_t{0});
    std::vector<ExampleDraw> draws;
    for (const int64_t example : all) draws.push_back({.example = example, .reverse = false});
    probe.InitializeRandomly(5);
    learner.emplace(probe, examples, draws, CorrelatedFeatures(channels), all);
  }

  std::vector<float> Predict() {
    Outputs outputs;
    learner->Predict(all, outputs);
    return outputs.values;
  }

  data::LabelledSet set = AnySet();
  data::TargetTransform transform;
  ExampleEncoder examples{set, transform, {}};
  model::TrainableProbe probe;
  std::vector<int64_t> all = std::vector<int64_t>(kExamples);
  std::optional<FeatureLearner> learner;
};

TEST(FeatureLearner, StartsWithAlmostNothingToSayWhateverTheWidth) {
  for (const int64_t channels : {64, 512}) {
    ProbeOf of(channels);
    const float bias = of.probe.parameters().ValuesOf("task.out.bias")[0];
    for (const float value : of.Predict()) EXPECT_LT(std::abs(value - bias), 0.3f) << channels;
  }
}

TEST(FeatureLearner, FoldsIntoAHeadForStatesAsTheyAre) {
  constexpr int64_t kChannels = 64;
  ProbeOf of(kChannels);
  const std::vector<float> before = of.Predict();
  of.learner->FoldIntoHead();
  const tensor::Matrix features = CorrelatedFeatures(kChannels);
  model::TaskOutput output;
  of.probe.Predict(features.view(), {}, output);
  for (size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(output.outputs[i], before[i], 1e-4) << i;
}

}  // namespace
}  // namespace agront::training
