// SPDX-License-Identifier: Apache-2.0
#include "nn/training/language_model_head.h"

#include <gtest/gtest.h>

#include "nn/layers_reference.h"
#include "nn/training/gradient_check.h"
#include "nn/training/random_buffers.h"

namespace agront::nn::training {
namespace {

constexpr int64_t kRows = 5;

ModelShape AnyShape() {
  return {
      .vocabulary = 23, .hidden = 15, .heads = 3, .layers = 1, .ffn = 9, .positions = 30, .layer_norm_epsilon = 1e-5f};
}

Values Reference(const NamedValues& at) {
  const ModelShape shape = AnyShape();
  const Values normed = LayerNormReference(at, "encoder.norm", at.at("x"), shape.layer_norm_epsilon);
  return LanguageModelHeadReference(at, "head", shape, normed);
}

/// The gradients, with "x", and in `logits` what Forward gives.
NamedGradients Pass(const RandomBuffers::Chooses& freezes, NamedValues& values, std::vector<float>& logits,
                    std::vector<float>& grad_logits) {
  const ModelShape shape = AnyShape();
  const std::vector<float> x = ops::RandomValues(static_cast<size_t>(kRows * shape.hidden), 1);
  grad_logits = ops::RandomValues(static_cast<size_t>(kRows * shape.vocabulary), 2);
  RandomBuffers buffers(freezes);
  const LanguageModelHead head(buffers, shape);
  ops::LinearScratch scratch;
  LanguageModelHeadSaved saved;
  saved.Resize(kRows, shape);
  const tensor::Matrix stream = ops::MatrixOf(x, kRows);
  head.Forward(stream.view(), scratch, saved);
  logits.assign(saved.logits.view().values().begin(), saved.logits.view().values().end());
  std::ranges::copy(grad_logits, saved.logits.view().data);
  head.Backward(scratch, saved);
  values = buffers.Doubles();
  values["x"] = ops::Doubles(x);
  NamedGradients gradients = buffers.Gradients();
  gradients["x"].assign(saved.grad_x.view().values().begin(), saved.grad_x.view().values().end());
  return gradients;
}

TEST(TrainingLanguageModelHead, LogitsAndGradientsEqualFloat64) {
  NamedValues values;
  std::vector<float> logits, grad_logits;
  const NamedGradients gradients = Pass({}, values, logits, grad_logits);
  EXPECT_EQ(gradients.size(), 9u);  // two norms and two products, and x
  EXPECT_LT(ops::RelativeError<double>(logits, Reference(values)), 32 * ops::kEpsilon);
  ExpectGradients(
      values, [&](const NamedValues& at) { return WeightedSum(Reference(at), grad_logits); }, gradients);
}

TEST(TrainingLanguageModelHead, WhatIsFrozenHasNoGradientAndChangesNoOther) {
  NamedValues values;
  std::vector<float> logits, grad_logits;
  const NamedGradients all = Pass({}, values, logits, grad_logits);
  for (const char* part : {"encoder.norm", "head.dense", "head.norm", "head.decoder", "head"}) {
    const NamedGradients some =
        Pass([&](const std::string& name) { return name.starts_with(part); }, values, logits, grad_logits);
    EXPECT_LT(some.size(), all.size());
    for (const auto& [name, gradient] : some) {
      EXPECT_FALSE(name.starts_with(part)) << name;
      EXPECT_EQ(gradient, all.at(name)) << name << ", without " << part;
    }
  }
}

}  // namespace
}  // namespace agront::nn::training
