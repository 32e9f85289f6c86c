// SPDX-License-Identifier: Apache-2.0
#include "nn/language_model_head.h"

#include <gtest/gtest.h>

#include <utility>

#include "nn/layers_reference.h"
#include "ops/testing/parameter_names.h"

namespace agront::nn {
namespace {

constexpr int64_t kRows = 7;

ModelShape AnyShape() {
  return {
      .vocabulary = 41, .hidden = 75, .heads = 1, .layers = 1, .ffn = 9, .positions = 30, .layer_norm_epsilon = 1e-5f};
}

class LanguageModelHeadSweep : public testing::TestWithParam<Precision> {};

TEST_P(LanguageModelHeadSweep, EqualsFloat64) {
  const ModelShape shape = AnyShape();
  RandomSource source;
  const LanguageModelHead head(source, "head", shape, GetParam());
  const std::vector<float> values = ops::RandomValues(static_cast<size_t>(kRows * shape.hidden), 1);
  const int64_t stored = ops::PaddedRows(kRows);
  const tensor::Matrix x = ops::MatrixOf(values, kRows, stored);
  tensor::Matrix inner(kRows, shape.hidden, stored), logits(kRows, shape.vocabulary, stored);
  ops::ProductInput input;
  head.Forward(x.view(), inner.view(), logits.view(), input);
  const Values want = LanguageModelHeadReference(source.Doubles(), "head", shape, ops::Doubles(values));
  // Beside int8 blocks the head is no worse than in bfloat16: two products of rounded numbers.
  const double tolerance = HeadPrecision(GetParam()) == Precision::kFp32 ? 32 * ops::kEpsilon : 4 * 0x1p-9;
  EXPECT_LT(ops::RelativeError(std::as_const(logits).view().values(), want), tolerance);
}

INSTANTIATE_TEST_SUITE_P(Precisions, LanguageModelHeadSweep,
                         testing::Values(Precision::kFp32, Precision::kBf16, Precision::kInt8));

TEST(LanguageModelHead, IsNeverIn8Bits) { EXPECT_NE(HeadPrecision(Precision::kInt8), Precision::kInt8); }

}  // namespace
}  // namespace agront::nn
