// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/attention_kernels.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace agront::ops {
namespace {

using device::cpu::kAvx2, device::cpu::kTiles;
using enum Precision;

// AVX-512's bfloat16 dot products have no row: they were slower than float32 here, on a Xeon of the fifth generation.
// name, precision, runs with, chosen with
constexpr std::array kKernels{
    AttentionKernel{"tiles", kBf16, kTiles, kTiles, AttentionForwardByTiles},
    AttentionKernel{"vectors", kFp32, kAvx2, kAvx2, AttentionForward},
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
