// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/weights_kernel.h"

#include <algorithm>

#include "base/error.h"
#include "ops/matmul/kernel_families.h"
#include "ops/matmul/matmul.h"
#include "ops/matmul/quantize_weights.h"

namespace agront::ops {
namespace {

std::unique_ptr<WeightsKernel> MakeInt8(StoredWeights weights, Bias bias) {
  const KernelFamily& family = FamilyOf(Precision::kInt8);
  if (std::holds_alternative<Int8WeightView>(weights)) return family.make(std::move(weights), std::move(bias));
  const QuantizedWeights quantized = Quantize(Widened(weights));
  if (quantized.relative_error > kMostInt8Error)
    return FamilyOf(Precision::kBf16).make(std::move(weights), std::move(bias));
  return family.make(quantized.view, std::move(bias));
}

}  // namespace

size_t PackedBytes(int64_t out, int64_t in, Precision precision) {
  return FamilyOf(precision).bytes(out, in, precision);
}

InputFormat WidestInputFormat(Precision precision) {
  const InputFormat own = FamilyOf(precision).input_format;
  if (precision != Precision::kInt8) return own;
  const InputFormat of_sensitive = FamilyOf(Precision::kBf16).input_format;
  constexpr int64_t kSize = 64;  // whole lines and whole sixteens of rows
  const auto bytes = [](InputFormat format) { return ProductInput::Bytes(kSize, kSize, format); };
  return bytes(of_sensitive) > bytes(own) ? of_sensitive : own;
}

std::unique_ptr<WeightsKernel> UsePacked(PackedView packed, const Bias& bias) {
  for (const KernelFamily& family : KernelFamilies()) {
    if (!family.runs_here()) continue;
    if (auto kernel = family.use(packed, bias)) return kernel;
  }
  Fail("{}: this processor ({}) does not use the layout {}; convert the original here", packed.place,
       device::cpu::InstructionSetName(), packed.layout);
}

std::unique_ptr<WeightsKernel> MakeKernel(StoredWeights weights, Bias bias, Precision precision) {
  if (auto* packed = std::get_if<PackedView>(&weights)) {
    auto kernel = UsePacked(*packed, bias);
    // A matrix that stays wider in int8 was packed so.
    const bool is_sensitive = packed->packed_for == Precision::kInt8 && kernel->precision() == Precision::kBf16;
    if (kernel->precision() == precision || (precision == Precision::kInt8 && is_sensitive)) return kernel;
    weights = Widened(std::move(*packed));
  }
  if (precision == Precision::kInt8) return MakeInt8(std::move(weights), std::move(bias));
  return FamilyOf(precision).make(std::move(weights), std::move(bias));
}

}  // namespace agront::ops
