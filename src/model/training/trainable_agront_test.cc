// SPDX-License-Identifier: Apache-2.0
// The backward pass of the whole model against golden gradients that tools/make_golden_gradients.py wrote by PyTorch's
// autograd in float64, and what must not change a gradient.
#include "model/training/trainable_agront.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/parallel.h"
#include "model/agront.h"
#include "model/checkpoints/model_hash.h"
#include "model/golden_file.h"
#include "model/training/trained_weights.h"
#include "ops/matmul/fastest_float.h"

namespace agront::model {
namespace {

const std::string kFolder = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/gradients";

LossBatch GoldenBatch(const GoldenFile& golden) {
  LossBatch batch;
  batch.batch.tokens = golden.Integers<int32_t>("tokens");
  batch.batch.offsets = golden.Integers<int64_t>("offsets");
  batch.rows = golden.Integers<int64_t>("rows");
  batch.targets = golden.Integers<int32_t>("targets");
  const auto weights = golden.Floats("weights");
  batch.weights.assign(weights.begin(), weights.end());
  return batch;
}

TrainableAgroNT GoldenModel(const TrainingOptions& options = {}) {
  const auto checkpoint = Checkpoint::Open(kFolder);
  TrainableAgroNT model(checkpoint->shape(), options);
  model.parameters().Load(*checkpoint);
  return model;
}

std::vector<float> GradientsOf(TrainableAgroNT& model, const LossBatch& batch) {
  LossOutput output;
  model.parameters().ZeroGradients();
  model.AddGradients(batch, output);
  const auto gradients = model.parameters().gradients();
  return {gradients.begin(), gradients.end()};
}

TEST(TrainableAgroNT, GradientsEqualPyTorch) {
  const GoldenFile golden(kFolder + "/gradients.safetensors");
  const LossBatch batch = GoldenBatch(golden);
  for (const bool recompute : {false, true}) {
    TrainableAgroNT model = GoldenModel({.recompute = recompute});
    LossOutput output;
    model.AddGradients(batch, output);

    const auto losses = golden.Floats("losses");
    ASSERT_EQ(output.losses.size(), losses.size());
    double loss = 0;
    for (size_t i = 0; i < losses.size(); ++i) {
      EXPECT_NEAR(output.losses[i], losses[i], 1e-5 * losses[i]);
      loss += losses[i] * static_cast<double>(batch.weights[i]);
    }
    EXPECT_NEAR(output.loss, loss, 1e-5 * loss);

    std::map<std::string, std::vector<double>> wanted;
    double squares = 0;
    for (const PlacedParameter& placed : model.parameters().table()) {
      const Parameter& parameter = placed.parameter;
      std::vector<double> want = golden.Floats("gradient." + parameter.hugging_face);
      if (parameter.name == "embedding.tokens") {
        const auto rows = golden.Integers<int32_t>("gradient_tokens");
        std::vector<double> table(static_cast<size_t>(parameter.size()));
        for (size_t i = 0; i < rows.size(); ++i)
          std::copy_n(want.begin() + static_cast<int64_t>(i) * parameter.cols, parameter.cols,
                      table.begin() + rows[i] * parameter.cols);
        want = std::move(table);
      }
      squares += std::pow(Norm(want), 2);
      wanted[parameter.name] = std::move(want);
    }
    for (const PlacedParameter& placed : model.parameters().table()) {
      const auto& want = wanted[placed.parameter.name];
      std::vector<double> difference(want.size());
      for (size_t i = 0; i < want.size(); ++i)
        difference[i] = model.parameters().gradients()[placed.gradient_offset + static_cast<int64_t>(i)] - want[i];
      EXPECT_LE(Norm(difference), 1e-5 * std::max(Norm(want), 1e-3 * std::sqrt(squares))) << placed.parameter.name;
    }
  }
}

TEST(TrainableAgroNT, MixedPrecisionIsNearFloat32) {
  if (ops::FastestFloat() != Precision::kBf16) GTEST_SKIP() << "no bf16 products on this processor";
  const LossBatch batch = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  TrainableAgroNT model = GoldenModel(), mixed = GoldenModel({.products = Precision::kBf16});
  TrainableAgroNT recomputing = GoldenModel({.products = Precision::kBf16, .recompute = true});
  const std::vector<float> exact = GradientsOf(model, batch);
  const std::vector<float> got = GradientsOf(mixed, batch);
  const double error = RelativeError(got, {exact.begin(), exact.end()});
  // An operand is off by up to 2^-9 of itself; a gradient comes through about ten products of two.
  EXPECT_LT(error, 20 * std::exp2(-9.0));
  EXPECT_GT(error, std::exp2(-12.0));  // so the products were rounded
  EXPECT_EQ(GradientsOf(recomputing, batch), got);
}

TEST(TrainableAgroNT, LossIsThatOfTheEngine) {
  const LossBatch batch = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  TrainableAgroNT trained = GoldenModel();
  LossOutput output, with_gradients;
  trained.Loss(batch, output);
  trained.AddGradients(batch, with_gradients);
  EXPECT_EQ(output.losses, with_gradients.losses);
  EXPECT_EQ(output.loss, with_gradients.loss);
  EXPECT_EQ(output.predicted, with_gradients.predicted);

  const auto checkpoint = Checkpoint::Open(kFolder);
  AgroNT engine(checkpoint->shape(), *checkpoint, Precision::kFp32);
  ForwardOutput forward;
  engine.Forward(batch.batch, {.logit_rows = batch.rows}, forward);
  int64_t correct = 0;
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    const auto logits = forward.logits.row(static_cast<int64_t>(i));
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
    EXPECT_NEAR(output.losses[i], std::log(sum) - static_cast<double>(logits[batch.targets[i]]), 1e-4);
    EXPECT_EQ(output.predicted[i], std::ranges::max_element(logits) - logits.begin());
    correct += output.predicted[i] == batch.targets[i];
  }
  EXPECT_EQ(output.correct, correct);
}

TEST(TrainableAgroNT, NeitherRecomputationNorThreadsChangeABit) {
  const LossBatch batch = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  TrainableAgroNT keeping = GoldenModel(), recomputing = GoldenModel({.recompute = true});
  const std::vector<float> want = GradientsOf(keeping, batch);
  EXPECT_EQ(GradientsOf(recomputing, batch), want);
  const int threads = MaxThreads();
  for (const int count : {1, 3}) {
    SetThreads(count);
    EXPECT_EQ(GradientsOf(keeping, batch), want);
  }
  SetThreads(threads);
}

/// The last block computes the rows with a loss only, in their order.
TEST(TrainableAgroNT, RowsWithALossMayRepeatAndComeInAnyOrder) {
  const LossBatch once = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  LossBatch repeated = once;
  std::ranges::reverse(repeated.rows);
  std::ranges::reverse(repeated.targets);
  std::ranges::reverse(repeated.weights);
  for (int copy = 0; copy < 4; ++copy) {
    repeated.rows.insert(repeated.rows.end(), once.rows.begin(), once.rows.end());
    repeated.targets.insert(repeated.targets.end(), once.targets.begin(), once.targets.end());
    repeated.weights.insert(repeated.weights.end(), once.weights.begin(), once.weights.end());
  }
  ASSERT_GT(repeated.rows.size(), repeated.batch.tokens.size());
  for (float& weight : repeated.weights) weight /= 5;
  TrainableAgroNT model = GoldenModel();
  const auto want = GradientsOf(model, once);
  EXPECT_LT(RelativeError(GradientsOf(model, repeated), std::vector<double>(want.begin(), want.end())), 1e-5);
}

TEST(TrainableAgroNT, GradientsOfBatchesAddUp) {
  LossBatch batch = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  TrainableAgroNT model = GoldenModel();
  const std::vector<float> once = GradientsOf(model, batch);
  LossOutput output;
  model.AddGradients(batch, output);
  double difference = 0, norm = 0;
  for (size_t i = 0; i < once.size(); ++i) {
    difference +=
        std::pow(static_cast<double>(model.parameters().gradients()[i]) - 2.0 * static_cast<double>(once[i]), 2);
    norm += std::pow(static_cast<double>(once[i]), 2);
  }
  EXPECT_LT(std::sqrt(difference / norm), 1e-6);
}

TEST(TrainableAgroNT, FrozenParametersHaveNoGradientsAndChangeNoOther) {
  const LossBatch batch = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  TrainableAgroNT all = GoldenModel();
  const std::vector<float> want = GradientsOf(all, batch);
  const std::vector<std::function<bool(const std::string&)>> choices = {
      [](const std::string& name) { return name.starts_with("head."); },
      [](const std::string& name) { return name.starts_with("encoder.block.1."); },
      [](const std::string& name) { return name.ends_with(".bias") || name.ends_with(".scale"); },
      [](const std::string& name) { return name == "embedding.positions"; },
      [](const std::string&) { return false; },
  };
  for (const auto& choice : choices)
    for (const bool recompute : {false, true}) {
      TrainableAgroNT some = GoldenModel({.recompute = recompute, .is_trainable = choice});
      const std::vector<float> got = GradientsOf(some, batch);
      int64_t count = 0;
      for (size_t i = 0; i < all.parameters().table().size(); ++i) {
        const PlacedParameter& of_all = all.parameters().table()[i];
        const PlacedParameter& of_some = some.parameters().table()[i];
        EXPECT_EQ(of_some.is_frozen, !choice(of_some.parameter.name));
        EXPECT_EQ(of_some.gradient_offset, count);
        if (of_some.is_frozen) continue;
        count += of_some.parameter.size();
        EXPECT_TRUE(std::equal(got.begin() + of_some.gradient_offset, got.begin() + count,
                               want.begin() + of_all.gradient_offset))
            << of_some.parameter.name;
      }
      EXPECT_EQ(got.size(), static_cast<size_t>(count));
      int64_t in_ranges = 0;
      for (const TrainableRange& range : some.parameters().trainable_ranges()) {
        EXPECT_EQ(range.gradient_offset, in_ranges);
        in_ranges += range.size;
      }
      EXPECT_EQ(in_ranges, count);
    }
}

TEST(TrainableAgroNT, TellsWhichGradientsAreFinal) {
  const LossBatch batch = GoldenBatch(GoldenFile(kFolder + "/gradients.safetensors"));
  TrainableAgroNT model = GoldenModel();
  const std::vector<float> want = GradientsOf(model, batch);
  model.parameters().ZeroGradients();
  LossOutput output;
  auto end = static_cast<int64_t>(want.size());
  int calls = 0;
  model.AddGradients(batch, output, [&](int64_t first, int64_t last) {
    EXPECT_EQ(last, end);
    EXPECT_TRUE(std::equal(want.begin() + first, want.begin() + last, model.parameters().gradients().begin() + first));
    end = first;
    ++calls;
  });
  EXPECT_EQ(end, 0);
  EXPECT_EQ(calls, 4);  // head, two blocks, embeddings
}

TEST(TrainableAgroNT, InitializesAsTransformersDoes) {
  const ModelShape shape = Checkpoint::Open(kFolder)->shape();
  TrainingParameters parameters(shape, {}), again(shape, {}), other(shape, {});
  parameters.InitializeRandomly(7);
  again.InitializeRandomly(7);
  other.InitializeRandomly(8);
  EXPECT_TRUE(std::ranges::equal(parameters.values(), again.values()));
  EXPECT_FALSE(std::ranges::equal(parameters.values(), other.values()));
  std::vector<float> first_values;
  for (const PlacedParameter& placed : parameters.table()) {
    const auto values = parameters.values().subspan(placed.value_offset, placed.parameter.size());
    if (placed.parameter.cols == 0) {
      const float want = placed.parameter.name.ends_with(".scale") ? 1.0f : 0.0f;
      EXPECT_TRUE(std::ranges::all_of(values, [want](float value) { return value == want; })) << placed.parameter.name;
      continue;
    }
    double squares = 0;
    for (const float value : values) squares += std::pow(static_cast<double>(value), 2);
    const double count = static_cast<double>(values.size());
    EXPECT_NEAR(std::sqrt(squares / count), 0.02, 0.02 * (4 / std::sqrt(2 * count) + 0.02)) << placed.parameter.name;
    first_values.push_back(values[0]);
  }
  std::ranges::sort(first_values);
  EXPECT_EQ(std::ranges::adjacent_find(first_values), first_values.end());
}

TEST(TrainableAgroNT, WritesWhatItRead) {
  namespace fs = std::filesystem;
  const TrainableAgroNT model = GoldenModel();
  const auto original = Checkpoint::Open(kFolder);
  const fs::path folder = fs::path(testing::TempDir()) / fmt::format("agront_trained_{}", getpid());
  fs::create_directory(folder);
  fs::copy(kFolder + "/config.json", folder);
  WriteTrainedWeights(model.parameters(), (folder / "model.safetensors").string(), {{"note", "a test"}});
  const auto written = Checkpoint::Open(folder.string());
  EXPECT_EQ(written->metadata().at("note"), "a test");
  EXPECT_EQ(written->RecordedHash().hex, ComputeModelHash(*original));
  EXPECT_EQ(ComputeModelHash(*written), ComputeModelHash(*original));
  fs::remove_all(folder);
}

TEST(TrainableAgroNT, RefusesWhatDoesNotFit) {
  TrainableAgroNT model = GoldenModel();
  LossBatch good;
  good.batch.Add(std::vector<int32_t>{3, 10, 11});
  good.rows = {1};
  good.targets = {12};
  good.weights = {1.0f};
  LossOutput output;
  const auto refuses = [&](auto change) {
    LossBatch batch = good;
    change(batch);
    EXPECT_THROW(model.AddGradients(batch, output), UsageError);
  };
  refuses([](LossBatch& batch) { batch.rows = {3}; });
  refuses([](LossBatch& batch) { batch.rows = {-1}; });
  refuses([](LossBatch& batch) { batch.targets = {4105}; });
  refuses([](LossBatch& batch) { batch.weights.clear(); });
  refuses([](LossBatch& batch) { batch.batch.offsets = {0, 2}; });
  good.batch.tokens[1] = 4105;
  EXPECT_THROW(model.AddGradients(good, output), Error);
  ModelShape shape = model.shape();
  shape.heads = 5;
  EXPECT_THROW(TrainableAgroNT(shape, {}), Error);
  shape = model.shape();
  shape.layers = 1;
  TrainableAgroNT other(shape, {});
  EXPECT_THROW(other.parameters().Load(*Checkpoint::Open(kFolder)), Error);
}

}  // namespace
}  // namespace agront::model
