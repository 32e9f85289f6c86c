// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/kernel_families.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "ops/matmul/fastest_float.h"

namespace agront::ops {
namespace {

using device::cpu::kAvx2, device::cpu::kAvx512, device::cpu::kBf16Products, device::cpu::kFastBf16Dots,
    device::cpu::kInt8Dots, device::cpu::kInt8Dots256, device::cpu::kTiles;
using enum Precision;
using enum InputFormat;

// name, precision, left side, runs with, chosen with, is by row, bytes, make, use, for training
constexpr std::array kFamilies{
    KernelFamily{"tile bf16", kBf16, kBFloat16Lines, kTiles, kTiles, true, TileBytes, MakeTileBf16, UseTileBf16,
                 &kTileMultiplier},
    KernelFamily{"tile int8", kInt8, kUInt8Lines, kTiles, kTiles, true, TileBytes, MakeTileInt8, UseTileInt8},
    KernelFamily{"dot bf16", kBf16, kBFloat16Lines, kBf16Products, kBf16Products | kFastBf16Dots, true, TileBytes,
                 MakeDotBf16, UseDotBf16, &kDotMultiplier},
    KernelFamily{"dot int8", kInt8, kUInt8Lines, kInt8Dots, kInt8Dots, true, TileBytes, MakeDotInt8, UseDotInt8},
    KernelFamily{"dot256 int8", kInt8, kUInt8Lines, kInt8Dots256, kInt8Dots256, true, TileBytes, MakeDot256Int8,
                 UseDot256Int8},
    KernelFamily{"onednn fp32", kFp32, kFloat32, kAvx2, kAvx512, false, OneDnnBytes, MakeOneDnnFp32, UseOneDnnFp32},
    KernelFamily{"onednn bf16", kBf16, kBFloat16, kBf16Products, kBf16Products, false, OneDnnBytes, MakeOneDnnBf16,
                 UseOneDnnBf16, &kOneDnnMultiplier},
    KernelFamily{"onednn int8", kInt8, kUInt8, kAvx2, kAvx512, false, OneDnnBytes, MakeOneDnnInt8, UseOneDnnInt8},
    KernelFamily{"widened", kBf16, kFloat32, kAvx2, kAvx512, false, WidenedBytes, MakeWidenedBf16, UseWidenedBf16},
    KernelFamily{"panel fp32", kFp32, kFloat32, kAvx2, kAvx2, true, PanelFloatBytes, MakePanelFp32, UsePanelFp32},
    KernelFamily{"panel bf16", kBf16, kFloat32, kAvx2, kAvx2, true, PanelFloatBytes, MakePanelBf16, UsePanelBf16},
    KernelFamily{"panel int8", kInt8, kUInt8, kAvx2, kAvx2, true, PanelInt8Bytes, MakePanelInt8, UsePanelInt8},
};

}  // namespace

std::span<const KernelFamily> KernelFamilies() { return kFamilies; }

const KernelFamily& FamilyOf(Precision precision) {
  const auto* family = std::ranges::find_if(
      kFamilies, [&](const KernelFamily& of) { return of.precision == precision && device::cpu::Has(of.chosen_with); });
  if (family == kFamilies.end()) Fail("matmul: no kernel for this precision");
  return *family;
}

Precision FastestFloat() { return FamilyOf(kBf16).for_training != nullptr ? kBf16 : kFp32; }

}  // namespace agront::ops
