// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/attention.h"

#include <gtest/gtest.h>

#include <numbers>
#include <ostream>
#include <span>

#include "base/error.h"
#include "ops/attention/attention_kernels.h"
#include "ops/attention/attention_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Case {
  int64_t heads, head_width;
  std::vector<int64_t> offsets;
};

void PrintTo(const Case& of, std::ostream* out) {
  *out << of.heads << " heads of " << of.head_width << ", sequences up to";
  for (const int64_t offset : std::span(of.offsets).subspan(1)) *out << " " << offset;
}

/// The kernels in bfloat16 that this processor runs, whichever it prefers.
std::vector<AttentionKernel> Bf16Kernels() {
  std::vector<AttentionKernel> kernels;
  for (const AttentionKernel& kernel : AttentionKernels())
    if (kernel.precision == Precision::kBf16 && kernel.runs_here()) kernels.push_back(kernel);
  return kernels;
}

class AttentionSweep : public testing::TestWithParam<Case> {};

TEST_P(AttentionSweep, EqualsFloat64) {
  const auto& [heads, head_width, offsets] = GetParam();
  const int64_t rows = offsets.back();
  const int64_t width = heads * head_width;
  const auto query = RandomValues(rows * width, 1);
  const auto key = RandomValues(rows * width, 2);
  const auto value = RandomValues(rows * width, 3);
  tensor::Matrix q = MatrixOf(query, rows);
  const tensor::Matrix k = MatrixOf(key, rows);
  const tensor::Matrix v = MatrixOf(value, rows);
  const AttentionInputs inputs{q.view(), k.view(), v.view(), offsets, heads};

  const auto want_map =
      AttentionProbabilitiesReference(Doubles(query), Doubles(key), width, offsets[offsets.size() - 2],
                                      rows - offsets[offsets.size() - 2], width - head_width, head_width);
  const int64_t tokens = rows - offsets[offsets.size() - 2];
  tensor::Matrix map(tokens, tokens);
  AttentionProbabilities(inputs, static_cast<int64_t>(offsets.size()) - 2, heads - 1, map.view());
  EXPECT_LT(RelativeError(map.view().values(), want_map), 32 * kEpsilon);

  const auto want = AttentionReference(Doubles(query), Doubles(key), Doubles(value), offsets, width, heads);
  AttentionForward(inputs, q.view());  // over the query
  EXPECT_LT(RelativeError(q.view().values(), want), 32 * kEpsilon);
}

TEST_P(AttentionSweep, SomeQueriesAloneGetTheSame) {
  const auto& [heads, head_width, offsets] = GetParam();
  const int64_t rows = offsets.back(), width = heads * head_width;
  const tensor::Matrix q = MatrixOf(RandomValues(rows * width, 1), rows);
  const tensor::Matrix k = MatrixOf(RandomValues(rows * width, 2), rows);
  const tensor::Matrix v = MatrixOf(RandomValues(rows * width, 3), rows);
  std::vector<int64_t> wanted, query_offsets = {0};  // every third, so that a short sequence may have none
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    for (int64_t row = offsets[s]; row < offsets[s + 1]; ++row)
      if (row % 3 == 0) wanted.push_back(row);
    query_offsets.push_back(static_cast<int64_t>(wanted.size()));
  }
  const auto queries = static_cast<int64_t>(wanted.size());
  tensor::Matrix some(queries, width), all(rows, width), output(queries, width);
  for (int64_t i = 0; i < queries; ++i) std::ranges::copy(q.row(wanted[i]), some.view().row(i).data());
  for (const AttentionKernel& kernel : AttentionKernels()) {
    if (!kernel.runs_here()) continue;
    kernel.forward({q.view(), k.view(), v.view(), offsets, heads}, all.view(), {});
    kernel.forward({some.view(), k.view(), v.view(), offsets, heads, query_offsets}, output.view(), {});
    for (int64_t i = 0; i < queries; ++i)
      EXPECT_TRUE(std::ranges::equal(output.row(i), all.row(wanted[i]))) << kernel.name << " " << wanted[i];
  }
}

TEST_P(AttentionSweep, InBf16IsNearFloat64) {
  if (Bf16Kernels().empty()) GTEST_SKIP() << "no bf16 kernel for this processor";
  const auto& [heads, head_width, offsets] = GetParam();
  const int64_t rows = offsets.back(), width = heads * head_width;
  const auto query = RandomValues(rows * width, 1), key = RandomValues(rows * width, 2);
  const auto value = RandomValues(rows * width, 3);
  const tensor::Matrix q = MatrixOf(query, rows), k = MatrixOf(key, rows), v = MatrixOf(value, rows);
  tensor::Matrix exact(rows, width), exact_sums(heads, rows), sums(heads, rows);
  AttentionForward({q.view(), k.view(), v.view(), offsets, heads}, exact.view(), exact_sums.view());
  const auto want = AttentionReference(Doubles(query), Doubles(key), Doubles(value), offsets, width, heads);
  for (const AttentionKernel& kernel : Bf16Kernels()) {
    tensor::Matrix output = MatrixOf(query, rows);  // over the query
    kernel.forward({output.view(), k.view(), v.view(), offsets, heads}, output.view(), sums.view());
    // Values and probabilities are off by up to 2^-9 of themselves, scores of about one by as much.
    EXPECT_LT(RelativeError(output.view().values(), want), 4 * std::exp2(-9.0)) << kernel.name;
    for (size_t i = 0; i < sums.view().values().size(); ++i)
      EXPECT_NEAR(sums.view().values()[i], exact_sums.view().values()[i], 16 * std::exp2(-9.0)) << kernel.name;
  }
}

TEST_P(AttentionSweep, GradientsEqualFloat64) {
  const auto& [heads, head_width, offsets] = GetParam();
  const int64_t rows = offsets.back();
  const int64_t width = heads * head_width;
  const auto query = RandomValues(rows * width, 1), key = RandomValues(rows * width, 2);
  const auto value = RandomValues(rows * width, 3), gradient = RandomValues(rows * width, 4);
  const tensor::Matrix q = MatrixOf(query, rows), k = MatrixOf(key, rows), v = MatrixOf(value, rows);
  const tensor::Matrix grad_output = MatrixOf(gradient, rows);
  const AttentionInputs inputs{q.view(), k.view(), v.view(), offsets, heads};
  tensor::Matrix output(rows, width), log2_sums(heads, rows);
  AttentionForward(inputs, output.view(), log2_sums.view());
  tensor::Matrix grad_q(rows, width), grad_k(rows, width), grad_v(rows, width);
  AttentionBackward(inputs, {output.view(), log2_sums.view()}, grad_output.view(),
                    {grad_q.view(), grad_k.view(), grad_v.view()});
  const auto want = AttentionBackwardReference(Doubles(query), Doubles(key), Doubles(value), Doubles(gradient), offsets,
                                               width, heads);
  EXPECT_LT(RelativeError(grad_v.view().values(), want.value), 32 * kEpsilon);
  if (rows == 1) return;  // the one probability is 1 whatever query and key
  EXPECT_LT(RelativeError(grad_q.view().values(), want.query), 64 * kEpsilon);
  EXPECT_LT(RelativeError(grad_k.view().values(), want.key), 64 * kEpsilon);
}

TEST_P(AttentionSweep, GradientsInBf16AreNearFloat64) {
  if (Bf16Kernels().empty()) GTEST_SKIP() << "no bf16 kernel for this processor";
  const auto& [heads, head_width, offsets] = GetParam();
  const int64_t rows = offsets.back(), width = heads * head_width;
  const auto query = RandomValues(rows * width, 1), key = RandomValues(rows * width, 2);
  const auto value = RandomValues(rows * width, 3), gradient = RandomValues(rows * width, 4);
  const tensor::Matrix q = MatrixOf(query, rows), k = MatrixOf(key, rows), v = MatrixOf(value, rows);
  const tensor::Matrix grad_output = MatrixOf(gradient, rows);
  const AttentionInputs inputs{q.view(), k.view(), v.view(), offsets, heads};
  tensor::Matrix output(rows, width), log2_sums(heads, rows);
  const auto want = AttentionBackwardReference(Doubles(query), Doubles(key), Doubles(value), Doubles(gradient), offsets,
                                               width, heads);
  for (const AttentionKernel& kernel : Bf16Kernels()) {
    kernel.forward(inputs, output.view(), log2_sums.view());
    tensor::Matrix grad_q(rows, width), grad_k(rows, width), grad_v(rows, width);
    kernel.backward(inputs, {output.view(), log2_sums.view()}, grad_output.view(),
                    {grad_q.view(), grad_k.view(), grad_v.view()});
    // As above, and score gradients are differences of numbers that are off by as much.
    EXPECT_LT(RelativeError(grad_v.view().values(), want.value), 4 * std::exp2(-9.0)) << kernel.name;
    if (rows == 1) continue;  // the one probability is 1 whatever query and key
    EXPECT_LT(RelativeError(grad_q.view().values(), want.query), 8 * std::exp2(-9.0)) << kernel.name;
    EXPECT_LT(RelativeError(grad_k.view().values(), want.key), 8 * std::exp2(-9.0)) << kernel.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, AttentionSweep,
                         testing::Values(Case{1, 1, {0, 1}}, Case{2, 15, {0, 3, 4, 21}},
                                         Case{6, 15, {0, 1, 65, 65, 98}}, Case{3, 75, {0, 31, 64, 197}},
                                         Case{2, 64, {0, 129}}, Case{1, 80, {0, 5}}, Case{2, 75, {0, 95, 191, 288}},
                                         Case{1, 75, {0, 127, 255, 384}}, Case{1, 5, {0, 15, 31, 48}}));

TEST(Attention, SurvivesLargeScores) {
  const int64_t rows = 9;
  const auto query = RandomValues(rows * 8, 1, 200.0f);
  const auto value = RandomValues(rows * 8, 3);
  tensor::Matrix output(rows, 8);
  const tensor::Matrix q = MatrixOf(query, rows);
  const tensor::Matrix v = MatrixOf(value, rows);
  const std::vector<int64_t> offsets = {0, rows};
  AttentionForward({q.view(), q.view(), v.view(), offsets, 1}, output.view());
  for (float x : output.view().values()) EXPECT_TRUE(std::isfinite(x));
  for (const AttentionKernel& kernel : Bf16Kernels()) {
    kernel.forward({q.view(), q.view(), v.view(), offsets, 1}, output.view(), {});
    for (float x : output.view().values()) EXPECT_TRUE(std::isfinite(x)) << kernel.name;
  }
}

/// Scores rise along the sequence, every `stairs` keys by (i % 5) / 4 times `height`.
void ExpectToFollow(int64_t rows, int64_t stairs, int64_t height) {
  constexpr int64_t kWidth = 16;
  std::vector<float> query(rows * kWidth), key(rows * kWidth);
  const auto value = RandomValues(rows * kWidth, 3);
  for (int64_t i = 0; i < rows; ++i) {
    // Scores in powers of two are (i % 5) / 4 times keys' first channel, all of it exact in bfloat16.
    query[i * kWidth] = static_cast<float>(static_cast<double>(i % 5) * std::numbers::ln2);
    key[i * kWidth] = static_cast<float>(height * (i / stairs) + i % 3);
  }
  const tensor::Matrix q = MatrixOf(query, rows), k = MatrixOf(key, rows), v = MatrixOf(value, rows);
  tensor::Matrix output(rows, kWidth), sums(1, rows), exact(rows, kWidth), exact_sums(1, rows);
  const std::vector<int64_t> offsets = {0, rows};
  const AttentionInputs inputs{q.view(), k.view(), v.view(), offsets, 1};
  AttentionForward(inputs, exact.view(), exact_sums.view());
  const auto want = AttentionReference(Doubles(query), Doubles(key), Doubles(value), offsets, kWidth, 1);
  EXPECT_LT(RelativeError(exact.view().values(), want), 256 * kEpsilon);  // scores of up to 200
  for (const AttentionKernel& kernel : Bf16Kernels()) {
    kernel.forward(inputs, output.view(), sums.view());
    EXPECT_LT(RelativeError(output.view().values(), want), std::exp2(-9.0)) << kernel.name;
    for (int64_t i = 0; i < rows; ++i)
      EXPECT_NEAR(sums.view().values()[i], exact_sums.view().values()[i], 2e-4) << kernel.name << i;
  }
}

// By less and by more than what a row's reference lets pass in tiles.
TEST(Attention, FollowsRisingScores) { ExpectToFollow(150, 32, 50); }

// Over several blocks of keys, of every kernel.
TEST(Attention, FollowsScoresThatRiseSlowly) { ExpectToFollow(1000, 100, 20); }

TEST(Attention, InBf16ShowsWhatIsNotANumber) {
  if (Bf16Kernels().empty()) GTEST_SKIP() << "no bf16 kernel for this processor";
  const int64_t rows = 40;
  auto query = RandomValues(rows * 8, 1);
  query[0] = NAN;
  const tensor::Matrix q = MatrixOf(query, rows), k = MatrixOf(RandomValues(rows * 8, 2), rows);
  tensor::Matrix output(rows, 8);
  const std::vector<int64_t> offsets = {0, rows};
  for (const AttentionKernel& kernel : Bf16Kernels()) {
    kernel.forward({q.view(), k.view(), k.view(), offsets, 1}, output.view(), {});
    for (const float x : output.row(0)) EXPECT_TRUE(std::isnan(x)) << kernel.name;
    for (const float x : output.row(1)) EXPECT_TRUE(std::isfinite(x)) << kernel.name;
    kernel.forward({k.view(), q.view(), k.view(), offsets, 1}, output.view(), {});  // now in a key, which all look at
    for (const float x : output.view().values()) EXPECT_TRUE(std::isnan(x)) << kernel.name;
  }
}

TEST(Attention, OfNoSequencesIsNothing) {
  const tensor::Matrix nothing(0, 8);
  tensor::Matrix output(0, 8);
  const std::vector<int64_t> offsets = {0};
  const AttentionInputs inputs{nothing.view(), nothing.view(), nothing.view(), offsets, 2};
  AttentionForward(inputs, output.view());
  for (const AttentionKernel& kernel : Bf16Kernels()) kernel.forward(inputs, output.view(), {});
}

TEST(Attention, RefusesShapesThatDoNotFit) {
  tensor::Matrix m(4, 6);
  const std::vector<int64_t> good = {0, 4};
  const std::vector<int64_t> bad = {0, 3};
  EXPECT_THROW(AttentionForward({m.view(), m.view(), m.view(), bad, 2}, m.view()), Error);
  EXPECT_THROW(AttentionForward({m.view(), m.view(), m.view(), good, 4}, m.view()), Error);
  tensor::Matrix map(3, 3);
  EXPECT_THROW(AttentionProbabilities({m.view(), m.view(), m.view(), good, 2}, 0, 0, map.view()), Error);
  EXPECT_THROW(AttentionProbabilities({m.view(), m.view(), m.view(), good, 2}, 1, 0, map.view()), Error);
  const AttentionInputs inputs{m.view(), m.view(), m.view(), good, 2};
  tensor::Matrix sums(2, 4), wide_sums(2, 5), gradient(4, 6);
  EXPECT_THROW(AttentionForward(inputs, gradient.view(), wide_sums.view()), Error);
  EXPECT_THROW(AttentionBackward(inputs, {m.view(), wide_sums.view()}, m.view(),
                                 {gradient.view(), gradient.view(), gradient.view()}),
               Error);
  EXPECT_THROW(
      AttentionBackward(inputs, {m.view(), sums.view()}, m.view(), {gradient.view(), gradient.view(), map.view()}),
      Error);
}

}  // namespace
}  // namespace agront::ops
