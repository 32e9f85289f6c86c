// SPDX-License-Identifier: Apache-2.0
// A layer of the encoder in training: its forward pass and its gradients against float64, with and without adapters.
#include "nn/training/encoder_block.h"

#include <gtest/gtest.h>

#include <ostream>
#include <tuple>
#include <utility>

#include "nn/layers_reference.h"
#include "nn/training/gradient_check.h"
#include "nn/training/random_buffers.h"

namespace agront::nn::training {
namespace {

struct Heads {
  int64_t number, width;
};

void PrintTo(const Heads& of, std::ostream* out) { *out << of.number << "x" << of.width; }

struct Adapted {
  const char* name;
  RandomBuffers::Adapters adapters;
};

void PrintTo(const Adapted& of, std::ostream* out) { *out << of.name; }

std::vector<Adapted> AllAdapted() {
  using enum AdapterKind;
  return {{"no adapter", {}},
          {"LoRA",
           {{"block.attention.query", kLora},
            {"block.attention.key", kLora},
            {"block.attention.value", kLora},
            {"block.attention.output", kLora},
            {"block.ffn.expand", kLora},
            {"block.ffn.contract", kLora}}},
          {"IA3 as usual",
           {{"block.attention.key", kOutputScales},
            {"block.attention.value", kOutputScales},
            {"block.ffn.contract", kInputScales}}},
          {"IA3 elsewhere",
           {{"block.attention.query", kInputScales},
            {"block.attention.output", kOutputScales},
            {"block.ffn.expand", kInputScales},
            {"block.ffn.contract", kOutputScales}}}};
}

const std::vector<int64_t> kOffsets = {0, 1, 6, 13};
constexpr int64_t kRows = 13;
const std::vector<int64_t> kSomeRows = {9, 0, 4, 9};  // one of them twice

ModelShape ShapeOf(const Heads& heads) {
  return {.vocabulary = 9,
          .hidden = heads.number * heads.width,
          .heads = heads.number,
          .layers = 1,
          .ffn = 2 * heads.number * heads.width + 3,
          .positions = 30,
          .layer_norm_epsilon = 1e-5f};
}

/// An adapter is always trained.
bool IsOfAdapter(const std::string& name) {
  return name.find(".lora_") != std::string::npos || name.ends_with("put_scales");
}

/// What one forward and backward pass leave.
struct Passed {
  std::vector<float> y;
  NamedGradients gradients;  ///< with "x", unless `below` is frozen
};

class TrainingBlock : public testing::TestWithParam<std::tuple<Heads, Adapted>> {
 protected:
  TrainingBlock()
      : shape_(ShapeOf(std::get<0>(GetParam()))),
        x_(ops::RandomValues(static_cast<size_t>(kRows * shape_.hidden), 1)) {}

  /// The gradient of y, as many rows as are kept.
  std::vector<float> GradientOf(int64_t kept_rows) const {
    return ops::RandomValues(static_cast<size_t>(kept_rows * shape_.hidden), 2);
  }

  struct How {
    KeptRows kept = {};
    RandomBuffers::Chooses freezes = {};
    Below below = Below::kTrained;
    bool recompute = false;
  };

  Passed Pass(const How& how) const {
    RandomBuffers buffers(
        [&](const std::string& name) { return how.freezes && !IsOfAdapter(name) && how.freezes(name); },
        std::get<1>(GetParam()).adapters);
    const EncoderBlock block(buffers, "block", shape_);
    Workspace workspace(Precision::kFp32);
    EncoderBlockSaved saved;
    const tensor::Matrix x = ops::MatrixOf(x_, kRows);
    const int64_t kept_rows = how.kept ? static_cast<int64_t>(how.kept->size()) : kRows;
    tensor::Matrix y(kept_rows, shape_.hidden);
    block.Forward(kOffsets, x.view(), how.kept, workspace, saved, y.view());
    if (how.recompute) {
      saved = {};
      block.Recompute(kOffsets, x.view(), workspace, saved);
    }
    Passed passed;
    passed.y.assign(y.view().values().begin(), y.view().values().end());
    tensor::Matrix grad = ops::MatrixOf(GradientOf(kept_rows), kept_rows);
    tensor::Matrix grad_x(kRows, shape_.hidden);
    const tensor::MatrixView to = how.kept ? grad_x.view() : grad.view();
    Workspace another(Precision::kFp32);  // between the two passes other layers overwrite what they share
    block.Backward(kOffsets, x.view(), how.kept, saved, how.below, another, grad.view(), to);
    passed.gradients = buffers.Gradients();
    if (how.below == Below::kTrained) passed.gradients["x"].assign(to.values().begin(), to.values().end());
    return passed;
  }

  NamedValues AllValues() const {
    RandomBuffers buffers({}, std::get<1>(GetParam()).adapters);
    const EncoderBlock block(buffers, "block", shape_);
    NamedValues values = buffers.Doubles();
    values["x"] = ops::Doubles(x_);
    return values;
  }

  Values Reference(const NamedValues& values) const {
    return EncoderBlockReference(values, "block", shape_, kOffsets, values.at("x"));
  }

  /// What is in both has the same bits.
  static void ExpectSame(const NamedGradients& got, const NamedGradients& want) {
    for (const auto& [name, gradient] : got) EXPECT_EQ(gradient, want.at(name)) << name;
  }

  ModelShape shape_;
  std::vector<float> x_;
};

TEST_P(TrainingBlock, ForwardAndGradientsEqualFloat64) {
  const Passed passed = Pass({});
  const NamedValues values = AllValues();
  EXPECT_LT(ops::RelativeError<double>(passed.y, Reference(values)), 32 * ops::kEpsilon);
  const std::vector<float> weights = GradientOf(kRows);
  ExpectGradients(
      values, [&](const NamedValues& at) { return WeightedSum(Reference(at), weights); }, passed.gradients);
}

TEST_P(TrainingBlock, SomeRowsAloneHaveTheirGradients) {
  const Passed passed = Pass({.kept = kSomeRows});
  const NamedValues values = AllValues();
  const auto reference = [&](const NamedValues& at) { return RowsOf(Reference(at), kSomeRows, shape_.hidden); };
  EXPECT_LT(ops::RelativeError<double>(passed.y, reference(values)), 32 * ops::kEpsilon);
  const std::vector<float> weights = GradientOf(static_cast<int64_t>(kSomeRows.size()));
  ExpectGradients(
      values, [&](const NamedValues& at) { return WeightedSum(reference(at), weights); }, passed.gradients);
}

TEST_P(TrainingBlock, RecomputesTheSameBits) {
  const Passed kept = Pass({}), recomputed = Pass({.recompute = true});
  EXPECT_EQ(recomputed.gradients, kept.gradients);
}

TEST_P(TrainingBlock, WhatIsFrozenHasNoGradientAndChangesNoOther) {
  const NamedGradients all = Pass({}).gradients;
  const std::vector<RandomBuffers::Chooses> patterns = {
      [](const std::string& name) { return name.starts_with("block.attention."); },
      [](const std::string& name) { return name.starts_with("block.ffn."); },
      [](const std::string& name) { return name.find(".norm.") != std::string::npos; },
      [](const std::string& name) { return !name.ends_with(".bias"); },
      [](const std::string& name) { return !name.starts_with("block.attention.value."); },
      [](const std::string& name) { return !name.starts_with("block.ffn.expand."); }};
  for (const auto& freezes : patterns)
    for (const Below below : {Below::kTrained, Below::kFrozen}) {
      const Passed passed = Pass({.freezes = freezes, .below = below});
      for (const auto& [name, gradient] : passed.gradients)
        EXPECT_FALSE(name != "x" && !IsOfAdapter(name) && freezes(name)) << name;
      ExpectSame(passed.gradients, all);
    }
}

TEST_P(TrainingBlock, KnowsWhetherAllOfItIsFrozen) {
  const auto is_frozen = [&](const RandomBuffers::Chooses& freezes) {
    RandomBuffers buffers(freezes, std::get<1>(GetParam()).adapters);
    return EncoderBlock(buffers, "block", shape_).is_frozen();
  };
  const bool has_adapter = !std::get<1>(GetParam()).adapters.empty();
  EXPECT_EQ(is_frozen([](const std::string& name) { return !IsOfAdapter(name); }), !has_adapter);
  EXPECT_FALSE(is_frozen([](const std::string& name) { return name != "block.ffn.norm.offset"; }));
}

INSTANTIATE_TEST_SUITE_P(Shapes, TrainingBlock,
                         testing::Combine(testing::Values(Heads{3, 5}, Heads{1, 75}), testing::ValuesIn(AllAdapted())));

}  // namespace
}  // namespace agront::nn::training
