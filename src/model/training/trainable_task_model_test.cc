// SPDX-License-Identifier: Apache-2.0
// Fine-tuning against golden gradients that tools/make_golden_adapters.py wrote by transformers, PEFT and PyTorch's
// autograd in float64, and what must not change a gradient.
#include "model/training/trainable_task_model.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/parallel.h"
#include "model/golden_file.h"
#include "model/training/task_case.h"
#include "model/training/trained_weights.h"
#include "tensor/aligned_buffer.h"

namespace agront::model {
namespace {

const std::string kGolden = std::string(AGRONT_SOURCE_DIR) + "/tests/golden";
const std::string kBase = kGolden + "/gradients";

const std::vector<std::string> kCases = {"lora_usual",  "lora_all",   "lora_some", "lora_tokens", "ia3_usual",
                                         "ia3_outputs", "ia3_inputs", "probe",     "full"};

TaskCase GoldenCase(const std::string& name) {
  return TaskCase(fmt::format("{}/adapters/{}.safetensors", kGolden, name));
}

TrainableTaskModel ModelOf(const TaskCase& golden, const TaskModelOptions& options, const Checkpoint& base) {
  TrainableTaskModel model(base, options);
  golden.SetValues(model.parameters());
  return model;
}

TrainableTaskModel ModelOf(const TaskCase& golden, const TaskModelOptions& options) {
  return ModelOf(golden, options, *Checkpoint::Open(kBase));
}

std::vector<float> GradientsOf(TrainableTaskModel& model, const TaskBatch& batch) {
  TaskOutput output;
  model.parameters().ZeroGradients();
  model.AddGradients(batch, output);
  const auto gradients = model.parameters().gradients();
  return {gradients.begin(), gradients.end()};
}

class GoldenTask : public testing::TestWithParam<std::string> {};

/// The golden file's values for a parameter, at its place in the whole.
std::vector<double> WantedGradient(const TaskCase& golden, const Parameter& parameter) {
  const auto wanted = golden.Read<double>("gradient." + parameter.hugging_face);
  if (parameter.name != "embedding.tokens") return wanted;
  const auto rows = golden.Read<int32_t>("gradient_tokens");
  std::vector<double> table(static_cast<size_t>(parameter.size()));
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy_n(wanted.begin() + static_cast<int64_t>(i) * parameter.cols, parameter.cols,
                table.begin() + rows[i] * parameter.cols);
  return table;
}

TEST_P(GoldenTask, GradientsEqualPyTorch) {
  const TaskCase golden = GoldenCase(GetParam());
  for (const bool recompute : {false, true}) {
    TaskModelOptions options = golden.Options();
    options.recompute = recompute;
    TrainableTaskModel model = ModelOf(golden, options);
    const TaskBatch batch = golden.Batch();
    TaskOutput output, predicted;
    model.Predict(batch, predicted);
    model.AddGradients(batch, output);
    EXPECT_EQ(predicted.outputs, output.outputs);
    EXPECT_EQ(predicted.loss, output.loss);
    EXPECT_EQ(predicted.weight, output.weight);

    const auto outputs = golden.Read<double>("outputs");
    ASSERT_EQ(output.outputs.size(), outputs.size());
    std::vector<double> difference;
    for (size_t i = 0; i < outputs.size(); ++i) difference.push_back(output.outputs[i] - outputs[i]);
    EXPECT_LE(Norm(difference), 1e-5 * Norm(outputs));
    const double loss = golden.Read<double>("loss")[0];
    EXPECT_NEAR(output.loss, loss, 1e-5 * loss);

    std::map<std::string, std::vector<double>> wanted;
    double squares = 0;
    for (const PlacedParameter& placed : model.parameters().table()) {
      EXPECT_EQ(golden.Has("gradient." + placed.parameter.hugging_face), !placed.is_frozen) << placed.parameter.name;
      if (placed.is_frozen) continue;
      wanted[placed.parameter.name] = WantedGradient(golden, placed.parameter);
      squares += std::pow(Norm(wanted[placed.parameter.name]), 2);
    }
    for (const auto& [name, want] : wanted) {
      const auto placed =
          std::ranges::find(model.parameters().table(), name, [](const auto& of) { return of.parameter.name; });
      difference.clear();
      for (size_t i = 0; i < want.size(); ++i)
        difference.push_back(model.parameters().gradients()[placed->gradient_offset + static_cast<int64_t>(i)] -
                             want[i]);
      EXPECT_LE(Norm(difference), 1e-5 * std::max(Norm(want), 1e-3 * std::sqrt(squares))) << name;
    }
  }
}

TEST_P(GoldenTask, NeitherRecomputationNorThreadsChangeABit) {
  const TaskCase golden = GoldenCase(GetParam());
  TaskModelOptions options = golden.Options();
  TrainableTaskModel keeping = ModelOf(golden, options);
  options.recompute = true;
  TrainableTaskModel recomputing = ModelOf(golden, options);
  const std::vector<float> want = GradientsOf(keeping, golden.Batch());
  EXPECT_EQ(GradientsOf(recomputing, golden.Batch()), want);
  const int threads = MaxThreads();
  for (const int count : {1, 3}) {
    SetThreads(count);
    EXPECT_EQ(GradientsOf(keeping, golden.Batch()), want);
  }
  SetThreads(threads);
}

TEST_P(GoldenTask, TellsWhichGradientsAreFinal) {
  const TaskCase golden = GoldenCase(GetParam());
  TrainableTaskModel model = ModelOf(golden, golden.Options());
  const std::vector<float> want = GradientsOf(model, golden.Batch());
  model.parameters().ZeroGradients();
  TaskOutput output;
  std::vector<int> told(want.size());
  model.AddGradients(golden.Batch(), output, [&](int64_t first, int64_t last) {
    EXPECT_TRUE(std::equal(want.begin() + first, want.begin() + last, model.parameters().gradients().begin() + first));
    for (int64_t i = first; i < last; ++i) ++told[i];
  });
  EXPECT_EQ(told, std::vector<int>(want.size(), 1));
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTask, testing::ValuesIn(kCases), [](const auto& of) { return of.param; });

/// A folder with the base whose block matrices are rounded as `precision` keeps them, in float32.
std::string RoundedBase(Precision precision) {
  namespace fs = std::filesystem;
  const auto base = Checkpoint::Open(kBase);
  TrainingParameters parameters(base->shape(), {});
  parameters.Load(*base);
  for (const Parameter& parameter : base->parameters()) {
    if (!IsBlockMatrix(parameter)) continue;
    const std::span<float> values = parameters.ValuesOf(parameter.name);
    const ops::KeptWeights kept = ops::Keep(base->ReadStored(parameter), precision);
    const auto widen = [](const auto& view) {
      if constexpr (std::is_same_v<std::decay_t<decltype(view)>, tensor::ConstMatrixView>)
        return ops::WeightView{view.data, view.rows, view.cols, view.cols, 1};
      else
        return ops::Widened(view);
    };
    const ops::WeightView wide = std::visit(widen, kept.view);
    std::copy_n(wide.data, values.size(), values.begin());
  }
  const fs::path folder = fs::path(testing::TempDir()) / fmt::format("agront_rounded_{}", getpid());
  fs::create_directory(folder);
  fs::copy(kBase + "/config.json", folder, fs::copy_options::overwrite_existing);
  WriteTrainedWeights(parameters, (folder / "model.safetensors").string(), {});
  return folder.string();
}

TEST(TrainableTaskModel, AFrozenBaseInFewerBitsIsTheRoundedOne) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    const std::string folder = RoundedBase(precision);
    for (const char* name : {"lora_all", "ia3_usual"}) {
      const TaskCase golden = GoldenCase(name);
      TaskModelOptions options = golden.Options();
      TrainableTaskModel rounded = ModelOf(golden, options, *Checkpoint::Open(folder));
      options.base = precision;
      TrainableTaskModel narrow = ModelOf(golden, options);
      EXPECT_EQ(GradientsOf(narrow, golden.Batch()), GradientsOf(rounded, golden.Batch())) << name;
    }
    std::filesystem::remove_all(folder);
  }
}

TEST(TrainableTaskModel, Bf16ProductsAreNearFloat32) {
  if (ProductsWith(Precision::kBf16) != Precision::kBf16) GTEST_SKIP() << "no bf16 products on this processor";
  const std::string folder = RoundedBase(Precision::kBf16);
  for (const char* name : {"lora_all", "ia3_usual"}) {
    const TaskCase golden = GoldenCase(name);
    TaskModelOptions options = golden.Options();
    TrainableTaskModel rounded = ModelOf(golden, options, *Checkpoint::Open(folder));
    options.base = options.products = Precision::kBf16;
    TrainableTaskModel mixed = ModelOf(golden, options);
    const std::vector<float> want = GradientsOf(rounded, golden.Batch());
    const double error = RelativeError(GradientsOf(mixed, golden.Batch()), {want.begin(), want.end()});
    EXPECT_LT(error, 20 * std::exp2(-9.0)) << name;  // as in trainable_agront_test.cc
    EXPECT_GT(error, std::exp2(-13.0)) << name;
  }
  std::filesystem::remove_all(folder);
}

TEST(TrainableTaskModel, InitializesAsPeftAndTorchDo) {
  for (const char* name : {"lora_all", "ia3_usual"}) {
    const TaskCase golden = GoldenCase(name);
    const auto base = Checkpoint::Open(kBase);
    TrainableTaskModel model(*base, golden.Options()), again(*base, golden.Options()), other(*base, golden.Options());
    model.InitializeRandomly(7);
    again.InitializeRandomly(7);
    other.InitializeRandomly(8);
    EXPECT_TRUE(std::ranges::equal(model.parameters().values(), again.parameters().values()));
    EXPECT_FALSE(std::ranges::equal(model.parameters().values(), other.parameters().values()));
    for (const PlacedParameter& placed : model.parameters().table()) {
      if (placed.is_frozen) continue;
      const Parameter& parameter = placed.parameter;
      const auto values = model.parameters().ValuesOf(parameter.name);
      if (parameter.name.ends_with(".lora_b") || parameter.name.ends_with(".ia3")) {
        const float want = parameter.name.ends_with(".ia3") ? 1.0f : 0.0f;
        EXPECT_TRUE(std::ranges::all_of(values, [&](float value) { return value == want; })) << parameter.name;
        continue;
      }
      const double bound = 1 / std::sqrt(parameter.cols != 0 ? parameter.cols : base->shape().hidden);
      double squares = 0;
      for (const float value : values) {
        EXPECT_LE(std::abs(value), bound) << parameter.name;
        squares += std::pow(value, 2);
      }
      if (values.size() <= 50) continue;
      EXPECT_NEAR(squares / values.size(), bound * bound / 3, 0.1 * bound * bound) << parameter.name;
    }
  }
}

TEST(TrainableTaskModel, TheHeadStartsTheSameWhateverTheAdapter) {
  TaskModelOptions options = GoldenCase("lora_usual").Options();
  const auto base = Checkpoint::Open(kBase);
  TrainableTaskModel with(*base, options);
  options.adapter = {};
  TrainableTaskModel without(*base, options);
  with.InitializeRandomly(3);
  without.InitializeRandomly(3);
  EXPECT_TRUE(std::ranges::equal(with.parameters().ValuesOf("task.out.weight"),
                                 without.parameters().ValuesOf("task.out.weight")));
}

TEST(TrainableTaskModel, WritesWhatItReadsAgain) {
  namespace fs = std::filesystem;
  const TaskCase golden = GoldenCase("lora_all");
  TrainableTaskModel model = ModelOf(golden, golden.Options());
  const fs::path path = fs::path(testing::TempDir()) / fmt::format("agront_task_{}.safetensors", getpid());
  WriteTrainedWeights(model.parameters(), path.string(), {});
  TrainableTaskModel other(*Checkpoint::Open(kBase), golden.Options());
  other.parameters().Load(*formats::OpenSafetensors(path.string()));
  EXPECT_TRUE(std::ranges::equal(model.parameters().values(), other.parameters().values()));
  TrainableTaskModel ia3(*Checkpoint::Open(kBase), GoldenCase("ia3_usual").Options());
  EXPECT_THROW(ia3.parameters().Load(*formats::OpenSafetensors(path.string())), Error);
  fs::remove(path);
}

TEST(TrainableTaskModel, KeepsMatricesOutsideTheFlatBuffer) {
  TaskModelOptions options = GoldenCase("lora_usual").Options();
  const auto base = Checkpoint::Open(kBase);
  TrainableTaskModel model(*base, options);
  int64_t trained = 0;
  for (const PlacedParameter& placed : model.parameters().table()) {
    EXPECT_FALSE(placed.parameter.name.starts_with("head.")) << placed.parameter.name;
    EXPECT_TRUE(placed.parameter.cols == 0 || !placed.is_frozen) << placed.parameter.name;
    if (!placed.is_frozen) trained += placed.parameter.size();
  }
  const int64_t hidden = base->shape().hidden;
  EXPECT_EQ(trained, base->shape().layers * 2 * 2 * 3 * hidden + hidden + 1);
  EXPECT_EQ(static_cast<int64_t>(model.parameters().gradients().size()), trained);
}

TEST(TrainableTaskModel, PlansItsMemoryFromAbove) {
  for (const std::string& name : kCases)
    for (const bool recompute : {false, true}) {
      const TaskCase golden = GoldenCase(name);
      TaskModelOptions options = golden.Options();
      options.recompute = recompute;
      const auto base = Checkpoint::Open(kBase);
      TaskBatch batch = golden.Batch();
      const int64_t before = tensor::CountBuffers().bytes;
      TrainableTaskModel model(*base, options);
      const int64_t made = tensor::CountBuffers().bytes - before;
      TaskOutput output;
      model.AddGradients(batch, output);
      const int64_t all = tensor::CountBuffers().bytes - before;
      const TaskMemoryPlan plan =
          PlanTaskMemory(base->shape(), options, static_cast<int64_t>(batch.batch.tokens.size()));
      // Widened from bfloat16, matrices may be counted elsewhere.
      EXPECT_LE(made, plan.frozen + plan.flat + plan.gradients) << name;
      EXPECT_GE(made, plan.flat + plan.gradients) << name;
      EXPECT_LE(all - made, plan.activations) << name;
    }
}

TEST(TrainableTaskModel, RefusesWhatDoesNotFit) {
  const TaskCase golden = GoldenCase("lora_all");
  TrainableTaskModel model = ModelOf(golden, golden.Options());
  TaskOutput output;
  const auto refuses = [&](auto change) {
    TaskBatch batch = golden.Batch();
    change(batch);
    EXPECT_THROW(model.AddGradients(batch, output), UsageError);
  };
  refuses([](TaskBatch& batch) { batch.windows.pop_back(); });
  refuses([](TaskBatch& batch) { batch.windows[0] = 0; });
  refuses([](TaskBatch& batch) { batch.labels.pop_back(); });
  refuses([](TaskBatch& batch) { batch.weights.pop_back(); });
  refuses([](TaskBatch& batch) { batch.labels[0] = 4; });
  refuses([](TaskBatch& batch) { batch.labels[0] = 0.5f; });
  refuses([](TaskBatch& batch) { batch.labels.clear(); });
  refuses([](TaskBatch& batch) { batch.batch.offsets.back() += 1; });
  const auto base = Checkpoint::Open(kBase);
  TaskModelOptions options = golden.Options();
  options.trains_base = true;
  EXPECT_THROW(TrainableTaskModel(*base, options), UsageError);
  options = GoldenCase("full").Options();
  options.base = Precision::kBf16;
  EXPECT_THROW(TrainableTaskModel(*base, options), UsageError);
}

}  // namespace
}  // namespace agront::model
