// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/weights_kernel.h"

#include "base/error.h"
#include "device/cpu/instruction_set.h"
#include "ops/matmul/matmul.h"
#include "ops/matmul/quantize_weights.h"

namespace agront::ops {
namespace {

std::unique_ptr<WeightsKernel> MakeBf16(StoredWeights weights, Bias bias) {
  if (device::cpu::HasOnlyAvx2()) return MakePanelBf16(weights, std::move(bias));
  if (device::cpu::HasTiles()) return MakeTileBf16(std::move(weights), std::move(bias));
  return MakeOneDnnBf16(std::move(weights), std::move(bias));
}

std::unique_ptr<WeightsKernel> MakeInt8(StoredWeights weights, Bias bias) {
  const auto make = device::cpu::HasOnlyAvx2() ? MakePanelInt8
                    : device::cpu::HasTiles()  ? MakeTileInt8
                                               : MakeOneDnnInt8;
  if (const auto* view = std::get_if<Int8WeightView>(&weights)) return make(*view, std::move(bias));
  const QuantizedWeights quantized = Quantize(Widened(weights));
  if (quantized.relative_error > kMostInt8Error) return MakeBf16(std::move(weights), std::move(bias));
  return make(quantized.view, std::move(bias));
}

}  // namespace

size_t PackedBytes(int64_t out, int64_t in, Precision precision) {
  if (device::cpu::HasTiles() && precision != Precision::kFp32) return TileBytes(out, in, precision);
  if (!device::cpu::HasOnlyAvx2()) return OneDnnBytes(out, in, precision);
  return precision == Precision::kInt8 ? PanelInt8Bytes(out, in) : PanelFloatBytes(out, in, precision);
}

InputFormat WidestInputFormat(Precision precision) {
  if (precision == Precision::kFp32) return InputFormat::kFloat32;
  // In int8 too: a sensitive matrix is one of bfloat16.
  if (device::cpu::HasTiles()) return InputFormat::kBFloat16Lines;
  if (device::cpu::HasBf16Products()) return InputFormat::kBFloat16;
  return precision == Precision::kInt8 ? InputFormat::kUInt8 : InputFormat::kFloat32;
}

std::unique_ptr<WeightsKernel> UsePacked(PackedView packed, const Bias& bias) {
  for (const auto use : {UsePanelFloats, UsePanelInt8, UseTiles, UseOneDnn})
    if (auto kernel = use(packed, bias)) return kernel;
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
  switch (precision) {
    case Precision::kFp32: {
      if (device::cpu::HasOnlyAvx2()) return MakePanelFp32(Widened(std::move(weights)), std::move(bias));
      return MakeOneDnnFp32(Widened(std::move(weights)), std::move(bias));
    }
    case Precision::kBf16: return MakeBf16(std::move(weights), std::move(bias));
    case Precision::kInt8: return MakeInt8(std::move(weights), std::move(bias));
  }
  Fail("matmul: unknown precision");
}

}  // namespace agront::ops
