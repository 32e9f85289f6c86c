// SPDX-License-Identifier: Apache-2.0
// The common contract of all kernels of weights, whichever of them this processor prefers.
#include "ops/matmul/weights_kernel.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/kernel_families.h"
#include "ops/matmul/matmul.h"
#include "ops/matmul/matmul_reference.h"
#include "ops/matmul/quantize_weights.h"
#include "ops/testing/op_test.h"
#include "tensor/precision.h"

namespace agront::ops {
namespace {

constexpr int64_t kOut = 73;
constexpr int64_t kIn = 391;  // more than a block of inputs of the panels

struct Made {
  const KernelFamily* family;
  std::unique_ptr<WeightsKernel> kernel;
  double error;  // of its weights
};

/// One for each family that this processor runs.
std::vector<Made> MakeAll(const std::vector<float>& weights, const Bias& bias) {
  const WeightView view{weights.data(), kOut, kIn, kIn, 1};
  const QuantizedWeights quantized = Quantize(view);
  std::vector<Made> all;
  for (const KernelFamily& family : KernelFamilies()) {
    if (!family.runs_here()) continue;
    const bool is_int8 = family.precision == Precision::kInt8;
    const StoredWeights stored = is_int8 ? StoredWeights(quantized.view) : view;
    const double error = is_int8 ? 1.001 * quantized.relative_error : family.precision == Precision::kBf16 ? 0x1p-9 : 0;
    all.push_back({&family, family.make(stored, bias), error});
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

TEST(KernelFamilies, SayWhatTheirKernelsAre) {
  const auto weights = RandomValues(kOut * kIn, 1);
  for (const auto& [family, kernel, error] : MakeAll(weights, Bias(kOut))) {
    EXPECT_EQ(kernel->precision(), family->precision) << family->name;
    EXPECT_EQ(kernel->input_format(), family->input_format) << family->name;
    EXPECT_EQ(kernel->packed().bytes.size(), family->bytes(kOut, kIn, family->precision)) << family->name;
  }
}

TEST(KernelFamilies, RunWhereTheyAreChosen) {
  for (const KernelFamily& family : KernelFamilies())
    for (const device::cpu::InstructionSet& set : device::cpu::InstructionSets()) {
      if ((set.features & family.chosen_with) != family.chosen_with) continue;
      EXPECT_EQ(set.features & family.runs_with, family.runs_with) << family.name << " with " << set.name;
    }
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
    EXPECT_EQ(FamilyOf(precision).precision, precision);
    EXPECT_TRUE(FamilyOf(precision).runs_here());
  }
}

TEST(KernelFamilies, RoomIsEnoughForTheLargestInput) {
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
    const int64_t room = ProductInput::Bytes(64, 64, WidestInputFormat(precision));
    EXPECT_GE(room, ProductInput::Bytes(64, 64, FamilyOf(precision).input_format));
    if (precision == Precision::kInt8) {
      EXPECT_GE(room, ProductInput::Bytes(64, 64, FamilyOf(Precision::kBf16).input_format));
    }
  }
}

TEST(WeightsKernel, UnpacksWhatItPacked) {
  const auto weights = RandomValues(kOut * kIn, 1);
  for (const Made& made : MakeAll(weights, Bias(kOut))) {
    std::vector<float> unpacked(weights.size());
    made.kernel->Unpack(unpacked);
    EXPECT_LE(RelativeError(unpacked, Doubles(weights)), made.error) << made.family->name;
  }
}

TEST(WeightsKernel, TakesPackedWeightsAsTheyAre) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const auto bias = RandomValues(kOut, 2);
  const auto x = RandomValues(9 * kIn, 3);
  for (const Made& made : MakeAll(weights, bias)) {
    const auto again = UsePacked(made.kernel->packed(), bias);
    EXPECT_EQ(again->packed().bytes.data(), made.kernel->packed().bytes.data()) << made.family->name;
    EXPECT_EQ(again->precision(), made.kernel->precision()) << made.family->name;
    EXPECT_EQ(Product(*again, x, 9), Product(*made.kernel, x, 9)) << made.family->name;
  }
}

TEST(WeightsKernel, RefusesPackedWeightsOfAnotherLayoutOrSize) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const Bias bias(kOut);
  for (const Made& made : MakeAll(weights, bias)) {
    PackedView packed = made.kernel->packed();
    packed.bytes = packed.bytes.first(packed.bytes.size() - 1);
    EXPECT_THROW(UsePacked(packed, bias), Error) << made.family->name;
    packed = made.kernel->packed();
    packed.layout += "x";
    EXPECT_THROW(UsePacked(packed, bias), Error) << made.family->name;
  }
}

TEST(WeightsKernel, RepacksForAnotherPrecision) {
  const auto weights = RandomValues(kOut * kIn, 1);
  const Bias bias(kOut);
  const auto kernel = MakePanelFp32(WeightView{weights.data(), kOut, kIn, kIn, 1}, bias);
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
  const int threads = MaxThreads();
  for (const auto& [family, kernel, error] : MakeAll(weights, bias)) {
    if (!family->is_by_row) continue;
    const auto all = Product(*kernel, x, rows);
    SetThreads(3);
    EXPECT_EQ(Product(*kernel, x, rows), all) << family->name;
    SetThreads(threads);
    for (const int64_t row : {0, 5, 6, 191, 192, 400}) {
      const auto one = Product(*kernel, {x.begin() + row * kIn, x.begin() + (row + 1) * kIn}, 1);
      EXPECT_EQ(one, std::vector<float>(all.begin() + row * kOut, all.begin() + (row + 1) * kOut))
          << family->name << row;
    }
  }
}

/// 8-bit sums are exact, so only the numbers made of them are rounded. The last panel may have any width.
TEST(WeightsKernel, Int8SumsAreExactForAnyNumberOfOutputs) {
  constexpr int64_t kRows = 7, kInputs = 75;
  const auto x = RandomValues(kRows * kInputs, 3);
  for (const KernelFamily& family : KernelFamilies()) {
    if (family.precision != Precision::kInt8 || !family.runs_here()) continue;
    for (const int64_t out : {1, 15, 16, 17, 32, 33, 48, 49, 64, 65, 81, 100, 127, 128, 129}) {
      const auto weights = RandomValues(static_cast<size_t>(out * kInputs), 1);
      const auto bias = RandomValues(static_cast<size_t>(out), 2);
      const QuantizedWeights quantized = Quantize({weights.data(), out, kInputs, kInputs, 1});
      const auto kernel = family.make(quantized.view, bias);
      ProductInput input;
      const tensor::Matrix source = MatrixOf(x, kRows, PaddedRows(kRows));
      input.Set(source.view(), kernel->input_format());
      tensor::Matrix y(kRows, out, PaddedRows(kRows));
      kernel->Multiply(input, Epilogue::kNone, y.view());

      std::vector<float> unpacked(weights.size());
      kernel->Unpack(unpacked);
      std::vector<double> inputs;
      for (int64_t i = 0; i < kRows; ++i) {
        const auto [scale, zero] = input.quantization()[i];
        const auto* row = static_cast<const uint8_t*>(input.row(i));
        for (int64_t k = 0; k < kInputs; ++k) inputs.push_back(double{scale} * (row[k] - zero));
      }
      std::vector<double> want(static_cast<size_t>(kRows * out));
      MatmulReference(inputs, Doubles(unpacked), Doubles(bias), kRows, Epilogue::kNone, want);
      EXPECT_LT(RelativeError(y.view().values(), want), 3 * kEpsilon) << family.name << " " << out;
    }
  }
}

std::vector<std::byte> BytesOf(const ProductInput& input, int64_t rows, size_t row_bytes) {
  const auto* first = static_cast<const std::byte*>(input.row(0));
  return {first, first + static_cast<size_t>(rows) * row_bytes};
}

/// What a product leaves for the next one is, bit for bit, what rounding its result leaves: in lines and elsewhere,
/// with a last line that is not full, with numbers that are not finite, in few rows and in many.
TEST(WeightsKernel, LeavesTheSameInputForTheNextProduct) {
  for (const auto& [rows, in, out] :
       {std::tuple<int64_t, int64_t, int64_t>{1, 90, 200}, {37, 75, 64}, {7, 1500, 33}, {300, 63, 1000}, {5, 64, 3}}) {
    auto x = RandomValues(rows * in, 1);
    x[0] = INFINITY;
    const auto weights = RandomValues(out * in, 2), bias = RandomValues(out, 3);
    for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
      const PackedWeights packed(WeightView{weights.data(), out, in, in, 1}, bias, precision);
      const tensor::Matrix source = MatrixOf(x, rows, PaddedRows(rows));
      tensor::Matrix y(rows, out, PaddedRows(rows)), memory(rows, out, PaddedRows(rows));
      for (const Epilogue epilogue : {Epilogue::kNone, Epilogue::kGelu}) {
        for (const InputFormat next : {InputFormat::kFloat32, InputFormat::kBFloat16, InputFormat::kUInt8,
                                       InputFormat::kBFloat16Lines, InputFormat::kUInt8Lines}) {
          ProductInput input, want;
          input.Set(source.view(), packed.input_format());
          packed.Multiply(input, epilogue, y.view());
          want.Set(y.view(), next);
          packed.MultiplyToInput(input, epilogue, next, memory.view());
          ASSERT_EQ(input.format(), next);
          ASSERT_EQ(input.rows(), rows);
          ASSERT_EQ(input.cols(), out);
          size_t row_bytes = 0;
          if (rows > 1)
            row_bytes = static_cast<const std::byte*>(want.row(1)) - static_cast<const std::byte*>(want.row(0));
          else
            row_bytes = static_cast<size_t>(out);
          EXPECT_EQ(BytesOf(input, rows, row_bytes), BytesOf(want, rows, row_bytes))
              << rows << " " << in << " " << out << " " << tensor::Name(precision) << " " << static_cast<int>(next);
        }
      }
    }
  }
}

/// Rows that are converted one by one, in any order, are those that are converted at once.
TEST(ProductInput, ConvertsRowsAsTheyAreMade) {
  const int64_t rows = 19, cols = 77;
  const auto values = RandomValues(rows * cols, 1);
  const tensor::Matrix x = MatrixOf(values, rows, 32);
  for (const InputFormat format : {InputFormat::kFloat32, InputFormat::kBFloat16, InputFormat::kUInt8,
                                   InputFormat::kBFloat16Lines, InputFormat::kUInt8Lines}) {
    ProductInput at_once, by_row;
    at_once.Set(x.view(), format);
    by_row.Begin(x.view(), format);
    for (int64_t i = 0; i < rows; ++i) by_row.ConvertRow(i * 7 % rows);
    const size_t row_bytes =
        static_cast<const std::byte*>(at_once.row(1)) - static_cast<const std::byte*>(at_once.row(0));
    EXPECT_EQ(BytesOf(by_row, rows, row_bytes), BytesOf(at_once, rows, row_bytes)) << static_cast<int>(format);
    if (format != InputFormat::kUInt8 && format != InputFormat::kUInt8Lines) continue;
    for (int64_t i = 0; i < rows; ++i) {
      EXPECT_EQ(by_row.quantization()[i].scale, at_once.quantization()[i].scale);
      EXPECT_EQ(by_row.quantization()[i].zero, at_once.quantization()[i].zero);
    }
  }
}

TEST(ProductInput, OfLinesAloneHasNoOtherFormat) {
  const tensor::Matrix memory(16, 64);
  ProductInput input;
  input.TakeLines(reinterpret_cast<const std::byte*>(memory.view().data), 2, 64, 16);
  input.Use(InputFormat::kBFloat16Lines);
  EXPECT_THROW(input.Use(InputFormat::kUInt8Lines), Error);
}

}  // namespace
}  // namespace agront::ops
