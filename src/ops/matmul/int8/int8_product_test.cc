// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ops/int8/int8.h"
#include "ops/matmul/kernel_families.h"
#include "ops/matmul/matmul.h"
#include "ops/matmul/matmul_reference.h"
#include "ops/matmul/quantize_weights.h"
#include "ops/matmul/weights_kernel.h"
#include "ops/testing/op_test.h"
#include "ops/testing/parameter_names.h"

namespace agront::ops {
namespace {

struct Case {
  int64_t rows, in, out;
};

void PrintTo(const Case& of, std::ostream* out) { *out << of.rows << "x" << of.in << "x" << of.out; }

class Int8Product : public testing::TestWithParam<std::tuple<Case, Epilogue, bool>> {};

/// The sums are whole numbers, so what is left is the rounding of the last steps, of each library.
TEST_P(Int8Product, EqualsWholeNumbers) {
  const auto [shape, epilogue, extreme] = GetParam();
  const auto [rows, in, out] = shape;
  auto weights = RandomValues(out * in, 2, 0.1f);
  auto x = RandomValues(rows * in, 1);
  if (extreme) {  // every number at the end of its range: what saturates, would saturate here
    for (float& value : weights) value = value < 0 ? -1.0f : 1.0f;
    for (size_t i = 0; i < weights.size(); i += 2) weights[i] = 1.0f;
    std::ranges::fill(x, 1.0f);
  }
  const auto bias = RandomValues(out, 3);
  const auto y = RandomValues(rows * out, 4);
  const QuantizedWeights quantized = Quantize({weights.data(), out, in, in, 1});

  for (const KernelFamily& family : KernelFamilies()) {
    if (family.precision != Precision::kInt8 || !family.runs_here()) continue;
    const auto kernel = family.make(quantized.view, bias);
    const tensor::Matrix source = MatrixOf(x, rows, PaddedRows(rows));
    tensor::Matrix got = MatrixOf(y, rows, PaddedRows(rows));
    ProductInput input;
    input.Set(source.view(), kernel->input_format());
    kernel->Multiply(input, epilogue, got.view());

    std::vector<double> rounded_x(x.size()), rounded_w(weights.size()), want = Doubles(y);
    for (int64_t i = 0; i < rows; ++i) {
      const auto* q = static_cast<const uint8_t*>(input.row(i));
      const auto [scale, zero] = input.quantization()[i];
      for (int64_t k = 0; k < in; ++k) rounded_x[i * in + k] = static_cast<double>(scale) * (q[k] - zero);
    }
    for (int64_t i = 0; i < out * in; ++i)
      rounded_w[i] = static_cast<double>(quantized.view.scales[i / in]) * quantized.view.data[i];
    MatmulReference(rounded_x, rounded_w, Doubles(bias), rows, epilogue, want);
    EXPECT_LT(RelativeError(got.view().values(), want), 8 * kEpsilon + ErrorOfGelu(epilogue, kernel->input_format()))
        << kernel->Name(rows);
    EXPECT_EQ(kernel->Name(rows).find("ref"), std::string::npos) << kernel->Name(rows);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Int8Product,
                         testing::Combine(testing::Values(Case{1, 90, 200}, Case{7, 8, 16}, Case{33, 63, 17},
                                                          Case{49, 65, 33}, Case{300, 75, 31}, Case{5, 1500, 100},
                                                          Case{9, 5120, 15}),
                                          testing::Values(Epilogue::kNone, Epilogue::kGelu, Epilogue::kAdd),
                                          testing::Bool()));

TEST(Int8, KeepsAMatrixWiderThatWouldLoseTooMuch) {
  const int64_t size = 448;
  const std::vector<float> bias(size);
  const auto even = RandomValues(size * size, 1);
  EXPECT_LT(Quantize({even.data(), size, size, size, 1}).relative_error, 0.02);
  EXPECT_EQ(PackedWeights(WeightView{even.data(), size, size, size, 1}, bias, Precision::kInt8).precision(),
            Precision::kInt8);
  auto uneven = even;
  for (int64_t i = 0; i < size; ++i) uneven[i * size + i] = 40.0f;
  EXPECT_GT(Quantize({uneven.data(), size, size, size, 1}).relative_error, kMostInt8Error);
  EXPECT_EQ(PackedWeights(WeightView{uneven.data(), size, size, size, 1}, bias, Precision::kInt8).precision(),
            Precision::kBf16);
}

}  // namespace
}  // namespace agront::ops
