// SPDX-License-Identifier: Apache-2.0
// What all kernels of weights promise alike, whichever of them this processor prefers.
#include "ops/matmul/weights_kernel.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/parallel.h"
#include "device/cpu/instruction_set.h"
#include "ops/matmul/matmul.h"
#include "ops/matmul/matmul_reference.h"
#include "ops/matmul/quantize_weights.h"
#include "ops/op_test.h"

namespace agront::ops {
namespace {

constexpr int64_t kOut = 73;
constexpr int64_t kIn = 391;  // more than a block of inputs of the panels

struct Made {
  const char* name;
  std::unique_ptr<WeightsKernel> kernel;
  double error;  // of its weights
};

std::vector<Made> MakeAll(const std::vector<float>& weights, const Bias& bias) {
  const WeightView view{weights.data(), kOut, kIn, kIn, 1};
  const QuantizedWeights quantized = Quantize(view);
  constexpr double kBf16 = 0x1p-9;
  std::vector<Made> all;
  all.push_back({"panel fp32", MakePanelFp32(view, bias), 0});
  all.push_back({"panel bf16", MakePanelBf16(view, bias), kBf16});
  all.push_back({"panel int8", MakePanelInt8(quantized.view, bias), 1.001 * quantized.relative_error});
  all.push_back({"onednn fp32", MakeOneDnnFp32(view, bias), 0});
  all.push_back({"onednn bf16", MakeOneDnnBf16(view, bias), kBf16});
  all.push_back({"onednn int8", MakeOneDnnInt8(quantized.view, bias), 1.001 * quantized.relative_error});
  if (device::cpu::HasTiles()) {
    all.push_back({"tile bf16", MakeTileBf16(view, bias), kBf16});
    all.push_back({"tile int8", MakeTileInt8(quantized.view, bias), 1.001 * quantized.relative_error});
  }
  return all;
}

std::vector<float> Product(const WeightsKernel& kernel, const std::vector<float>& x, int64_t rows) {
  const tensor::Matrix source = MatrixOf(x, rows, PaddedRows(rows));
  tensor::Matrix y(rows, kOut, PaddedRows(rows));
  ProductInput input;
  input.Set(source.view(), kernel.input_format());
  kernel.Multiply(input, Epilogue::kNone, y.view());
  return {y.view().values().begin(), y.view().values().end()};
}

TEST(WeightsKernel, UnpacksWhatItPacked) {
  const auto weights = RandomValues(kOut * kIn, 1);
  for (const Made& made : MakeAll(weights, Bias(kOut))) {
    std::vector<float> unpacked(weights.size());
    made.kernel->Unpack(unpacked);
    EXPECT_LE(RelativeError(unpacked, Doubles(weights)), made.error) << made.name;
  }
}

TEST(WeightsKernel, TakesPackedWeightsAsTheyAre) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const auto bias = RandomValues(kOut, 2);
  const auto x = RandomValues(9 * kIn, 3);
  for (const Made& made : MakeAll(weights, bias)) {
    const auto again = UsePacked(made.kernel->packed(), bias);
    EXPECT_EQ(again->packed().bytes.data(), made.kernel->packed().bytes.data()) << made.name;
    EXPECT_EQ(again->precision(), made.kernel->precision()) << made.name;
    EXPECT_EQ(Product(*again, x, 9), Product(*made.kernel, x, 9)) << made.name;
  }
}

TEST(WeightsKernel, RefusesPackedWeightsOfAnotherLayoutOrSize) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const Bias bias(kOut);
  for (const Made& made : MakeAll(weights, bias)) {
    PackedView packed = made.kernel->packed();
    packed.bytes = packed.bytes.first(packed.bytes.size() - 1);
    EXPECT_THROW(UsePacked(packed, bias), Error) << made.name;
    packed = made.kernel->packed();
    packed.layout += "x";
    EXPECT_THROW(UsePacked(packed, bias), Error) << made.name;
  }
}

TEST(WeightsKernel, RepacksForAnotherPrecision) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const Bias bias(kOut);
  const auto kernel = MakePanelFp32({weights.data(), kOut, kIn, kIn, 1}, bias);
  const PackedWeights other(kernel->packed(), bias, Precision::kInt8);
  EXPECT_EQ(other.precision(), Precision::kInt8);
}

TEST(WeightsKernel, TakesBf16ForInt8OnlyWhereItWasPackedForThat) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const PackedWeights in_bf16(WeightView{weights.data(), kOut, kIn, kIn, 1}, Bias(kOut), Precision::kBf16);
  PackedView packed = in_bf16.packed();
  packed.packed_for = Precision::kBf16;
  EXPECT_EQ(MakeKernel(packed, Bias(kOut), Precision::kInt8)->precision(), Precision::kInt8);
  packed.packed_for = Precision::kInt8;
  EXPECT_EQ(MakeKernel(packed, Bias(kOut), Precision::kInt8)->precision(), Precision::kBf16);
}

/// A row's result is a matter of that row alone, to the last bit.
TEST(WeightsKernel, OwnRowsDoNotDependOnOtherRowsNorOnThreads) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const Bias bias(kOut);
  const int64_t rows = 401;
  const auto x = RandomValues(rows * kIn, 3);
  const WeightView view{weights.data(), kOut, kIn, kIn, 1};
  std::vector<std::unique_ptr<WeightsKernel>> kernels;
  kernels.push_back(MakePanelFp32(view, bias));
  kernels.push_back(MakePanelBf16(view, bias));
  kernels.push_back(MakePanelInt8(Quantize(view).view, bias));
  if (device::cpu::HasTiles()) {
    kernels.push_back(MakeTileBf16(view, bias));
    kernels.push_back(MakeTileInt8(Quantize(view).view, bias));
  }
  const int threads = MaxThreads();
  for (const auto& kernel : kernels) {
    const auto all = Product(*kernel, x, rows);
    SetThreads(3);
    EXPECT_EQ(Product(*kernel, x, rows), all);
    SetThreads(threads);
    for (const int64_t row : {0, 5, 6, 191, 192, 400}) {
      const auto one = Product(*kernel, {x.begin() + row * kIn, x.begin() + (row + 1) * kIn}, 1);
      EXPECT_EQ(one, std::vector<float>(all.begin() + row * kOut, all.begin() + (row + 1) * kOut)) << row;
    }
  }
}

}  // namespace
}  // namespace agront::ops
