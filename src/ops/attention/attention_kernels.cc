// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/attention_kernels.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace agront::ops {
namespace {

using device::cpu::kAvx2, device::cpu::kBf16Products, device::cpu::kFastBf16Dots, device::cpu::kTiles;
using enum Precision;

// Dot products of bfloat16 are preferred only where they are as frequent as multiply-adds
// (device/cpu/instruction_rate_bench.cc): on a Xeon of the fifth generation, by its vectors alone, they took twice the
// time of float32.
// name, precision, runs with, chosen with, forward, backward: in float32 where it has none in bfloat16
constexpr std::array kKernels{
    AttentionKernel{"tiles", kBf16, kTiles, kTiles, AttentionForwardByTiles, AttentionBackward},
    AttentionKernel{"dots", kBf16, kBf16Products, kBf16Products | kFastBf16Dots, AttentionForwardByDots,
                    AttentionBackwardByDots},
    AttentionKernel{"vectors", kFp32, kAvx2, kAvx2, AttentionForward, AttentionBackward},
};

}  // namespace

std::span<const AttentionKernel> AttentionKernels() { return kKernels; }

const AttentionKernel& AttentionKernelFor(Precision products) {
  const auto* kernel = std::ranges::find_if(kKernels, [&](const AttentionKernel& of) {
    return (products != kFp32 || of.precision == kFp32) && device::cpu::Has(of.chosen_with);
  });
  if (kernel == kKernels.end()) Fail("attention: no kernel for this precision");
  return *kernel;
}

}  // namespace agront::ops
