// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/linear_scratch.h"

#include "base/error.h"
#include "device/cpu/instruction_set.h"
#include "ops/matmul/fastest_float.h"

namespace agront::ops {

void CheckProducts(Precision products) {
  if (products == Precision::kInt8) FailUsage("training: expected products in fp32 or bf16, got int8");
  if (products == Precision::kBf16 && FastestFloat() != Precision::kBf16)
    Fail(
        "processor ({}): expected one that multiplies bf16 (AVX-512 bf16 or AMX); without, --precision fp32 is as fast",
        device::cpu::InstructionSetName());
}

int64_t LinearScratchBytes(Precision products, int64_t left, int64_t right) {
  if (products == Precision::kFp32) return static_cast<int64_t>(sizeof(float)) * right;
  return Bf16Product::ScratchBytes(left + right);
}

}  // namespace agront::ops
