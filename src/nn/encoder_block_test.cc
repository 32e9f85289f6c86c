// SPDX-License-Identifier: Apache-2.0
// A layer of the encoder and its two halves against float64, on sequences of several lengths in one batch.
#include "nn/encoder_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "nn/layers_reference.h"
#include "ops/testing/parameter_names.h"

namespace agront::nn {
namespace {

struct Heads {
  int64_t number, width;
};

void PrintTo(const Heads& of, std::ostream* out) { *out << of.number << "x" << of.width; }

/// The error allowed in what the block adds to the residual stream, in norm. A rounding to bfloat16 is 2^-9 at most, to
/// int8 about 1 % of the spread of the values; four products follow each other.
double Tolerance(Precision precision) {
  switch (precision) {
    case Precision::kFp32: return 32 * ops::kEpsilon;
    case Precision::kBf16: return 4 * 0x1p-9;
    default: return 0.04;
  }
}

class EncoderBlockSweep : public testing::TestWithParam<std::tuple<Heads, Precision>> {
 protected:
  const std::vector<int64_t> kOffsets = {0, 1, 8, 31};

  EncoderBlockSweep() {
    const auto [heads, precision] = GetParam();
    shape_ = {.vocabulary = 9,
              .hidden = heads.number * heads.width,
              .heads = heads.number,
              .layers = 1,
              .ffn = 2 * heads.number * heads.width + 3,
              .positions = 30,
              .layer_norm_epsilon = 1e-5f};
    precision_ = precision;
    x_ = ops::RandomValues(static_cast<size_t>(kOffsets.back() * shape_.hidden), 1);
    workspace_.Reserve(kOffsets.back(), shape_, precision_);
    workspace_.Resize(kOffsets.back(), shape_);
  }

  tensor::Matrix Stream() const { return ops::MatrixOf(x_, kOffsets.back(), ops::PaddedRows(kOffsets.back())); }

  /// Compares what was added to `before`.
  void ExpectAdded(tensor::ConstMatrixView got, const Values& before, const Values& want) const {
    std::vector<float> added;
    Values wanted;
    for (size_t i = 0; i < before.size(); ++i) {
      added.push_back(static_cast<float>(static_cast<double>(got.data[i]) - before[i]));
      wanted.push_back(want[i] - before[i]);
    }
    EXPECT_LT(ops::RelativeError<double>(added, wanted), Tolerance(precision_));
  }

  ModelShape shape_;
  Precision precision_{};
  std::vector<float> x_;
  RandomSource source_;
  Workspace workspace_;
};

TEST_P(EncoderBlockSweep, AttentionEqualsFloat64) {
  const SelfAttention attention(source_, "attention", shape_, precision_);
  tensor::Matrix x = Stream();
  attention.Forward(kOffsets, {}, workspace_, x.view());
  const Values before = ops::Doubles(x_);
  ExpectAdded(x.view(), before, SelfAttentionReference(source_.Doubles(), "attention", shape_, kOffsets, before));
}

TEST_P(EncoderBlockSweep, FeedForwardEqualsFloat64) {
  const FeedForward feed_forward(source_, "ffn", shape_, precision_);
  tensor::Matrix x = Stream();
  feed_forward.Forward(workspace_, x.view());
  const Values before = ops::Doubles(x_);
  ExpectAdded(x.view(), before, FeedForwardReference(source_.Doubles(), "ffn", shape_, before));
}

TEST_P(EncoderBlockSweep, EqualsFloat64AndLeavesTheMaps) {
  const EncoderBlock block(source_, "block", shape_, precision_);
  tensor::Matrix x = Stream();
  constexpr int64_t kSequence = 1;
  const int64_t tokens = kOffsets[kSequence + 1] - kOffsets[kSequence], head = shape_.heads - 1;
  tensor::Matrix map(tokens, tokens);
  const std::vector<AttentionMapOutput> maps = {{kSequence, head, map.view()}};
  block.Forward(kOffsets, maps, workspace_, x.view());

  const NamedValues parameters = source_.Doubles();
  const Values before = ops::Doubles(x_);
  ExpectAdded(x.view(), before, EncoderBlockReference(parameters, "block", shape_, kOffsets, before));

  const Values normed = LayerNormReference(parameters, "block.attention.norm", before, shape_.layer_norm_epsilon);
  const int64_t width = shape_.hidden / shape_.heads;
  const Values want = ops::AttentionProbabilitiesReference(
      LinearReference(parameters, "block.attention.query", normed, kOffsets.back()),
      LinearReference(parameters, "block.attention.key", normed, kOffsets.back()), shape_.hidden, kOffsets[kSequence],
      tokens, head * width, width);
  EXPECT_LT(ops::RelativeError(std::as_const(map).view().values(), want), Tolerance(precision_));
}

TEST_P(EncoderBlockSweep, SomeRowsAloneBecomeTheSame) {
  const EncoderBlock block(source_, "block", shape_, precision_);
  const std::vector<int64_t> rows = {0, 3, 7, 8, 29, 30}, offsets = {0, 1, 3, 6};
  const tensor::Matrix x = Stream();
  const auto count = static_cast<int64_t>(rows.size());
  tensor::Matrix chosen(count, shape_.hidden, ops::PaddedRows(count));
  for (int64_t i = 0; i < count; ++i)
    std::ranges::copy(x.row(rows[static_cast<size_t>(i)]), chosen.view().row(i).data());
  block.Forward(kOffsets, workspace_, x.view(), {chosen.view(), offsets});

  const Values before = ops::Doubles(x_);
  ExpectAdded(chosen.view(), RowsOf(before, rows, shape_.hidden),
              RowsOf(EncoderBlockReference(source_.Doubles(), "block", shape_, kOffsets, before), rows, shape_.hidden));
  EXPECT_TRUE(std::ranges::equal(x.view().values(), x_));
}

INSTANTIATE_TEST_SUITE_P(Shapes, EncoderBlockSweep,
                         testing::Combine(testing::Values(Heads{3, 5}, Heads{2, 75}),
                                          testing::Values(Precision::kFp32, Precision::kBf16, Precision::kInt8)));

}  // namespace
}  // namespace agront::nn
