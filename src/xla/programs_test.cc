// SPDX-License-Identifier: Apache-2.0
// The text of programs, where CPU plugins cannot show what it does.
#include "xla/programs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "xla/attention_choice.h"
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

TEST(Programs, ProductsInTf32SaySo) {
  const std::vector<std::string> products = Products(Precision::kTf32);
  ASSERT_EQ(products.size(), 8 + 2 + 3);
  for (const std::string& line : products) {
    EXPECT_NE(line.find("algorithm = <lhs_precision_type = tf32, rhs_precision_type = tf32, accumulation_type = f32"),
              std::string::npos)
        << line;
    EXPECT_EQ(line.find("HIGHEST"), std::string::npos) << line;
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

/// The settings of the one call of cuDNN in a program.
nlohmann::json SettingsOf(const std::string& text) {
  const std::string key = "backend_config = \"";
  const size_t begin = text.find(key) + key.size(), end = text.find("}\", operand_layouts", begin) + 1;
  std::string settings = text.substr(begin, end - begin);
  std::erase(settings, '\\');
  return nlohmann::json::parse(settings).at("cudnn_fmha_backend_config");
}

std::string FusedProgram(const AttentionPlan& plan) {
  return EncoderProgram(DeviceShape(kShape, {.channels = 16, .head = 8}), Precision::kBf16, {8, 1024}, 0, plan);
}

// A CPU plugin has no cuDNN: the text is what can be read.
TEST(Programs, CudnnTakesPackedRows) {
  const std::string text = FusedProgram({AttentionKernel::kPacked, 16});
  const std::vector<std::string> calls = LinesWith(text, "custom_call");
  ASSERT_EQ(calls.size(), 1);
  EXPECT_NE(calls[0].find(":2 = stablehlo.custom_call @__cudnn$fmhaSoftmax(%"), std::string::npos);
  EXPECT_NE(calls[0].find(", %lengths, %lengths, %offsets, %offsets) {api_version = 2 : i32"), std::string::npos);
  EXPECT_NE(calls[0].find("dense<[1, 0]> : tensor<2xindex>], result_layouts = [dense<[3, 1, 2, 0]> : tensor<4xindex>, "
                          "dense<[0]> : tensor<1xindex>]} : (tensor<8x1024x20x80xbf16>, tensor<8x1024x20x80xbf16>, "
                          "tensor<8x1024x20x80xbf16>, tensor<8x16xi32>, tensor<8x16xi32>, tensor<8x17xi32>, "
                          "tensor<8x17xi32>) -> (tensor<8x20x1024x80xbf16>, tensor<0xui8>)"),
            std::string::npos)
      << calls[0];
  EXPECT_EQ(LinesWith(text, "dot_general").size(), 6);  // without those of scores and values
  const nlohmann::json settings = SettingsOf(text);
  EXPECT_EQ(settings.at("mask_type"), "PADDING");
  EXPECT_EQ(settings.at("max_seg_per_batch"), 16);
  EXPECT_NEAR(settings.at("fmha_scale").get<double>(), 1 / std::sqrt(75.0), 1e-7);  // of 75 channels, not of 80
  EXPECT_EQ(settings.at("intermediate_tensor_shape").at("dimensions"), (nlohmann::json{"8", "20", "1024", "1024"}));
}

TEST(Programs, CudnnTakesABias) {
  const std::string text = FusedProgram({AttentionKernel::kBias});
  const std::vector<std::string> calls = LinesWith(text, "custom_call");
  ASSERT_EQ(calls.size(), 1);
  EXPECT_NE(calls[0].find("@__cudnn$fmhaScaleBiasSoftmax(%"), std::string::npos);
  EXPECT_NE(calls[0].find("tensor<8x1x1024x1024xbf16>) -> "), std::string::npos) << calls[0];
  EXPECT_NE(text.find("dense<-2.199023256e+12>"), std::string::npos);
  EXPECT_EQ(text.find("%lengths"), std::string::npos);
  const nlohmann::json settings = SettingsOf(text);
  EXPECT_EQ(settings.at("mask_type"), "NO_MASK");
  EXPECT_EQ(settings.at("max_seg_per_batch"), 1);
}

TEST(Attention, FusedKernelsAreForGpusThatHaveThem) {
  using enum AttentionKernel;
  const DeviceShape shape(kShape, {.channels = 16, .head = 8}), unpadded(kShape, {});
  const auto candidates = [&](const char* platform, const char* capability, Precision precision) {
    return FusedCandidates(platform, capability, shape, precision);
  };
  EXPECT_EQ(candidates("cuda", "9.0", Precision::kBf16), (std::vector{kPacked, kBias}));
  EXPECT_EQ(candidates("cuda", "10.0", Precision::kBf16), (std::vector{kPacked, kBias}));
  EXPECT_EQ(candidates("cuda", "8.6", Precision::kBf16), (std::vector{kBias}));
  EXPECT_TRUE(candidates("cuda", "7.5", Precision::kBf16).empty());
  EXPECT_TRUE(candidates("cuda", "", Precision::kBf16).empty());
  EXPECT_TRUE(candidates("cuda", "9.0", Precision::kFp32).empty());
  EXPECT_TRUE(candidates("rocm", "9.0", Precision::kBf16).empty());
  EXPECT_TRUE(FusedCandidates("cuda", "9.0", unpadded, Precision::kBf16).empty());  // of 75 channels
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

TEST(RowPacking, KernelsOfAttentionSeeEachSequenceAndThePadding) {
  const std::vector<int32_t> segments{0, 0, 0, 1, -1, -1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 5, 5, 5};  // rows of 6
  EXPECT_EQ(MostSegments(segments, 6), 4);
  const RowSegments list = SegmentsOfRows(segments, 6, 4, 10);
  EXPECT_EQ(list.lengths, (std::vector<int32_t>{3, 1, 2, 6, 1, 2, 3, 0, 0, 0, 0, 0}));
  EXPECT_EQ(list.offsets, (std::vector<int32_t>{0, 30, 40, 60, 120, 130, 150, 180, 180, 180, 180, 180, 180, 180, 180}));
  std::vector<int32_t> many(64);
  std::iota(many.begin(), many.end(), 0);
  EXPECT_EQ(MostSegments(many, 4), 4);
  EXPECT_EQ(MostSegments(many, 8), 16);
  EXPECT_EQ(MostSegments(many, 64), 64);
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
