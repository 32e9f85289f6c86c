// SPDX-License-Identifier: Apache-2.0
#include "nn/training/task_head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "nn/layers_reference.h"
#include "nn/training/gradient_check.h"
#include "nn/training/random_buffers.h"

namespace agront::nn::training {

static void PrintTo(TaskHead::Kind kind, std::ostream* out) {
  *out << (kind == TaskHead::Kind::kLinear ? "linear" : "mlp");
}

namespace {

constexpr int64_t kRows = 7, kHidden = 15, kOutputs = 3;

class TaskHeadSweep : public testing::TestWithParam<TaskHead::Kind> {
 protected:
  static Values Reference(const NamedValues& at) {
    Values x = at.at("x");
    if (GetParam() == TaskHead::Kind::kMlp) {
      x = LinearReference(at, "task.dense", x, kRows);
      for (double& value : x) value = std::tanh(value);
    }
    return LinearReference(at, "task.out", x, kRows);
  }

  /// The gradients; with "x" where something below is trained.
  NamedGradients Pass(Below below, const RandomBuffers::Chooses& freezes = {}) {
    RandomBuffers buffers(freezes);
    const TaskHead head(buffers, GetParam(), kHidden, kOutputs);
    ops::LinearScratch scratch;
    TaskHeadSaved saved;
    const tensor::Matrix x = ops::MatrixOf(x_, kRows);
    head.Forward(x.view(), scratch, saved);
    outputs_.assign(saved.outputs.view().values().begin(), saved.outputs.view().values().end());
    std::ranges::copy(grad_outputs_, saved.outputs.view().data);
    head.Backward(x.view(), below, scratch, saved);
    values_ = buffers.Doubles();
    values_["x"] = ops::Doubles(x_);
    NamedGradients gradients = buffers.Gradients();
    if (below == Below::kTrained)
      gradients["x"].assign(saved.grad_x.view().values().begin(), saved.grad_x.view().values().end());
    return gradients;
  }

  const std::vector<float> x_ = ops::RandomValues(kRows * kHidden, 1);
  const std::vector<float> grad_outputs_ = ops::RandomValues(kRows * kOutputs, 2);
  NamedValues values_;
  std::vector<float> outputs_;
};

TEST_P(TaskHeadSweep, OutputsAndGradientsEqualFloat64) {
  const NamedGradients gradients = Pass(Below::kTrained);
  EXPECT_LT(ops::RelativeError<double>(outputs_, Reference(values_)), 16 * ops::kEpsilon);
  ExpectGradients(
      values_, [&](const NamedValues& at) { return WeightedSum(Reference(at), grad_outputs_); }, gradients);
}

TEST_P(TaskHeadSweep, WhatIsFrozenChangesNoOtherGradient) {
  const NamedGradients all = Pass(Below::kTrained);
  for (const auto& [name, gradient] : Pass(Below::kFrozen)) EXPECT_EQ(gradient, all.at(name)) << name;
  const auto is_out = [](const std::string& name) { return name.starts_with("task.out."); };
  for (const auto& [name, gradient] : Pass(Below::kTrained, is_out)) {
    EXPECT_FALSE(is_out(name)) << name;
    EXPECT_EQ(gradient, all.at(name)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, TaskHeadSweep, testing::Values(TaskHead::Kind::kLinear, TaskHead::Kind::kMlp),
                         [](const auto& of) { return of.param == TaskHead::Kind::kLinear ? "linear" : "mlp"; });

}  // namespace
}  // namespace agront::nn::training
