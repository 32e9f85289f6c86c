// SPDX-License-Identifier: Apache-2.0
// The text of programs, where CPU plugins cannot show what it does.
#include "xla/programs.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "xla/row_packing.h"

namespace agront::xla {
namespace {

constexpr ModelShape kShape{.vocabulary = 4105,
                            .hidden = 1500,
                            .heads = 20,
                            .layers = 40,
                            .ffn = 5120,
                            .positions = 1026,
                            .layer_norm_epsilon = 1e-12F};

std::vector<std::string> LinesWith(const std::string& text, const std::string& word) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    if (line.find(word) != std::string::npos) lines.push_back(line);
  return lines;
}

std::vector<std::string> Products(Precision precision) {
  const DeviceShape shape(kShape, {.channels = 16, .head = 8});
  const RowShape rows{8, 1024};
  std::vector<std::string> products;
  for (const std::string& text : {EncoderProgram(shape, precision, rows, 1), HeadProgram(shape, precision, rows, 256),
                                  MapProgram(shape, precision, rows, 1)})
    for (const std::string& line : LinesWith(text, "dot_general")) products.push_back(line);
  return products;
}

// An accelerator multiplies float32 in fewer bits unless it is told not to; a processor does not show it.
TEST(Programs, ProductsInFloat32AreWhole) {
  const std::vector<std::string> products = Products(Precision::kFp32);
  ASSERT_EQ(products.size(), 8 + 2 + 3);
  for (const std::string& line : products) {
    EXPECT_NE(line.find("precision = [HIGHEST, HIGHEST]"), std::string::npos) << line;
    EXPECT_EQ(line.find("bf16"), std::string::npos) << line;
  }
}

TEST(Programs, ProductsInBf16AddInFloat32) {
  for (const std::string& line : Products(Precision::kBf16)) {
    EXPECT_EQ(line.find("HIGHEST"), std::string::npos) << line;
    EXPECT_NE(line.find("bf16>) -> tensor<"), std::string::npos) << line;
    EXPECT_NE(line.rfind("xf32>"), std::string::npos) << line;
  }
}

TEST(Programs, SizesArePaddedOnce) {
  const DeviceShape shape(kShape, {.channels = 16, .head = 8});
  EXPECT_EQ(shape.hidden, 1504);
  EXPECT_EQ(shape.head, 80);
  EXPECT_EQ(shape.vocabulary, 4112);
  const std::string text = EncoderProgram(shape, Precision::kBf16, {8, 1024}, 0);
  EXPECT_NE(text.find("%encoder.block.attention.query.weight: tensor<40x1600x1504xbf16>"), std::string::npos);
  EXPECT_EQ(LinesWith(text, "stablehlo.pad").size(), 0);
}

Batch BatchOf(const std::vector<int64_t>& lengths) {
  Batch batch;
  for (const int64_t length : lengths) batch.Add(std::vector<int32_t>(static_cast<size_t>(length), 4));
  return batch;
}

TEST(RowPacking, NoTwoSequencesOverlap) {
  const std::vector<int64_t> lengths{100, 1024, 1, 900, 500, 524, 124, 700, 300, 24};
  const PackedRows packed = PackRows(BatchOf(lengths), 1024);
  EXPECT_EQ(packed.tokens, 1024);
  EXPECT_EQ(packed.rows, 5);  // 4,197 tokens
  std::vector<std::vector<int>> uses(static_cast<size_t>(packed.rows), std::vector<int>(1024));
  for (size_t s = 0; s < lengths.size(); ++s)
    for (int64_t i = 0; i < lengths[s]; ++i)
      ++uses.at(static_cast<size_t>(packed.pieces[s].row)).at(static_cast<size_t>(packed.pieces[s].begin + i));
  for (const auto& row : uses)
    for (const int count : row) EXPECT_LE(count, 1);
}

TEST(RowPacking, ShortBatchesHaveShortRows) {
  EXPECT_EQ(PackRows(BatchOf({30, 34}), 1024).tokens, 64);
  EXPECT_EQ(PackRows(BatchOf({30, 35}), 1024).tokens, 256);
  EXPECT_EQ(PackRows(BatchOf({200, 57}), 1024).tokens, 1024);
  EXPECT_EQ(PackRows(BatchOf({34, 34}), 34).tokens, 64);
  EXPECT_EQ(PackRows(BatchOf({}), 1024).rows, 0);
}

TEST(RowPacking, PassesTakeAllRowsOnce) {
  for (const int64_t devices : {1, 3, 4})
    for (int64_t rows = 1; rows < 100; ++rows) {
      int64_t left = rows, passes = 0;
      for (; left > 0; ++passes) left -= RowsOfPass(left, devices, 32) * devices;
      EXPECT_LE(passes, 8);
      EXPECT_GT(left, -devices * 32);
    }
  EXPECT_EQ(RowsOfPass(7, 1, 32), 4);
  EXPECT_EQ(RowsOfPass(100, 1, 32), 32);
  EXPECT_EQ(RowsOfPass(100, 1, 24), 16);
  EXPECT_EQ(ChosenOfPass(1, 4096), 16);
  EXPECT_EQ(ChosenOfPass(17, 4096), 32);
  EXPECT_EQ(ChosenOfPass(5000, 4096), 4096);
}

}  // namespace
}  // namespace agront::xla
