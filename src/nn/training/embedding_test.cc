// SPDX-License-Identifier: Apache-2.0
#include "nn/training/embedding.h"

#include <gtest/gtest.h>

#include "nn/training/gradient_check.h"
#include "nn/training/random_buffers.h"

namespace agront::nn::training {
namespace {

const std::vector<int32_t> kTokens = {3, 5, 5, 0, 3, 3, 8};
const std::vector<int64_t> kOffsets = {0, 1, 4, 7};

ModelShape AnyShape() {
  return {.vocabulary = 9, .hidden = 5, .heads = 1, .layers = 1, .ffn = 9, .positions = 6, .layer_norm_epsilon = 1e-5f};
}

/// Each row is its token's and its place's; the first two places of the table are padding's.
Values Reference(const NamedValues& at) {
  const auto channels = static_cast<size_t>(AnyShape().hidden);
  Values x;
  for (size_t s = 0; s + 1 < kOffsets.size(); ++s)
    for (int64_t i = kOffsets[s]; i < kOffsets[s + 1]; ++i)
      for (size_t c = 0; c < channels; ++c)
        x.push_back(at.at("embedding.tokens")[static_cast<size_t>(kTokens[static_cast<size_t>(i)]) * channels + c] +
                    at.at("embedding.positions")[static_cast<size_t>(i - kOffsets[s] + 2) * channels + c]);
  return x;
}

TEST(TrainingEmbedding, RowsAndGradientsEqualFloat64) {
  const ModelShape shape = AnyShape();
  const auto rows = static_cast<int64_t>(kTokens.size());
  const std::vector<float> weights = ops::RandomValues(static_cast<size_t>(rows * shape.hidden), 2);
  const tensor::Matrix grad_x = ops::MatrixOf(weights, rows);
  for (const std::string frozen : {"", "embedding.tokens", "embedding.positions"}) {
    RandomBuffers buffers([&](const std::string& name) { return name == frozen; });
    const Embedding embedding(buffers, shape);
    tensor::Matrix x(rows, shape.hidden);
    embedding.Forward(kTokens, kOffsets, x.view());
    const NamedValues values = buffers.Doubles();
    EXPECT_LT(ops::RelativeError<double>(x.view().values(), Reference(values)), 2 * ops::kEpsilon);

    EXPECT_FALSE(embedding.is_frozen());
    embedding.Backward(kTokens, kOffsets, grad_x.view());
    const NamedGradients gradients = buffers.Gradients();
    EXPECT_EQ(gradients.size(), frozen.empty() ? 2u : 1u);
    ExpectGradients(
        values, [&](const NamedValues& at) { return WeightedSum(Reference(at), weights); }, gradients);
  }
  RandomBuffers buffers([](const std::string&) { return true; });
  EXPECT_TRUE(Embedding(buffers, shape).is_frozen());
}

}  // namespace
}  // namespace agront::nn::training
