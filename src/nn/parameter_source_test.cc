// SPDX-License-Identifier: Apache-2.0
#include "nn/parameter_source.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace agront::nn {
namespace {

/// A matrix [2, 3] with its columns one after the other, as Haiku's files have them.
class Transposed final : public ParameterSource {
 public:
  ops::WeightView Weights(const std::string& /*name*/, int64_t out, int64_t in) override {
    return {values_.data(), out, in, 1, out};
  }
  std::vector<float> Vector(const std::string& /*name*/, int64_t size) override {
    return std::vector<float>(static_cast<size_t>(size), 10);
  }

 private:
  std::array<float, 6> values_ = {1, 4, 2, 5, 3, 6};
};

TEST(ParameterSource, TablesAreRowByRowWhateverTheFile) {
  Transposed source;
  const tensor::Matrix table = LoadTable(source, "table", 2, 3);
  EXPECT_TRUE(std::ranges::equal(table.row(0), std::array{1.f, 2.f, 3.f}));
  EXPECT_TRUE(std::ranges::equal(table.row(1), std::array{4.f, 5.f, 6.f}));
}

TEST(ParameterSource, ProductsHaveWeightsAndBias) {
  Transposed source;
  const ops::PackedWeights packed = LoadLinear(source, "product", 2, 3, Precision::kFp32);
  const int64_t stored = ops::PaddedRows(1);
  tensor::Matrix x(1, 3, stored), y(1, 2, stored);
  std::ranges::copy(std::array{1.f, 10.f, 100.f}, x.view().data);
  ops::ProductInput input;
  input.Set(x.view(), packed.input_format());
  packed.Multiply(input, ops::Epilogue::kNone, y.view());
  EXPECT_FLOAT_EQ(y.row(0)[0], 331);
  EXPECT_FLOAT_EQ(y.row(0)[1], 664);
}

}  // namespace
}  // namespace agront::nn
