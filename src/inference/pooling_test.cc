// SPDX-License-Identifier: Apache-2.0
#include "inference/pooling.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "inference/layer_list.h"

namespace agront::inference {
namespace {

tensor::Matrix Rows(std::vector<float> values, int64_t cols) {
  tensor::Matrix matrix(static_cast<int64_t>(values.size()) / cols, cols);
  std::copy(values.begin(), values.end(), matrix.view().data);
  return matrix;
}

data::Entry EntryOf(int64_t start, std::vector<int64_t> begin, std::vector<int64_t> end) {
  data::Entry entry;
  entry.start = start;
  entry.end = start + end.back();
  entry.tokens.ids.resize(begin.size());
  entry.tokens.begin = std::move(begin);
  entry.tokens.end = std::move(end);
  return entry;
}

TEST(Pooling, LeavesClsOut) {
  const tensor::Matrix hidden = Rows({9, 9, 100, -100, 1, -8, 3, -4}, 2);  // row 0 is another entry's
  std::vector<float> pooled(2);
  PoolEntry(Pooling::kMean, hidden.view(), 1, 4, pooled);
  EXPECT_EQ(pooled, (std::vector<float>{2, -6}));
  PoolEntry(Pooling::kMax, hidden.view(), 1, 4, pooled);
  EXPECT_EQ(pooled, (std::vector<float>{3, -4}));
  PoolEntry(Pooling::kCls, hidden.view(), 1, 4, pooled);
  EXPECT_EQ(pooled, (std::vector<float>{100, -100}));
}

TEST(Pooling, RecordMeanCountsEachBaseOnce) {
  const tensor::Matrix hidden = Rows({99, 10, 20, 99, 30, 40, 99, 7}, 1);
  RecordMean mean(1);
  std::vector<float> out(1);
  // Tokens of bases [0,6) [6,12) in the first window; the second starts at 9: [9,15) [15,16).
  mean.Add(EntryOf(0, {0, 0, 6}, {0, 6, 12}), hidden.view(), 0);
  mean.Add(EntryOf(9, {0, 0, 6}, {0, 6, 7}), hidden.view(), 3);
  mean.Take(out);
  EXPECT_FLOAT_EQ(out[0], (10 + 20 + 0.5 * 30 + 40) / 3.5);
  mean.Add(EntryOf(0, {0, 0}, {0, 1}), hidden.view(), 6);
  mean.Take(out);
  EXPECT_FLOAT_EQ(out[0], 7);
}

TEST(LayerList, ReadsNumbersAndNames) {
  EXPECT_EQ(ParseLayers("0,3,last,last:raw", 40),
            (std::vector<HiddenLayer>{{0, false}, {3, false}, {40, false}, {40, true}}));
  EXPECT_EQ(ParseLayers("all", 2), (std::vector<HiddenLayer>{{0, false}, {1, false}, {2, false}}));
  EXPECT_EQ(ParseLayers("2,last,2", 2), (std::vector<HiddenLayer>{{2, false}}));
  for (const char* wrong : {"", "41", "-1", "1,", "1;2", "raw", "1:raw"})
    EXPECT_THROW(ParseLayers(wrong, 40), UsageError) << wrong;
  EXPECT_EQ(ArrayName({40, true}), "layer_40_raw");
}

}  // namespace
}  // namespace agront::inference
