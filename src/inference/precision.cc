// SPDX-License-Identifier: Apache-2.0
#include "inference/precision.h"

#include "device/cpu/instruction_set.h"

namespace agront::inference {

Precision ChoosePrecision(std::optional<Precision> asked, const model::Checkpoint& checkpoint) {
  if (asked) return *asked;
  if (const auto own = checkpoint.OwnPrecision()) return *own;
  return device::cpu::HasBf16Products() ? Precision::kBf16 : Precision::kFp32;
}

}  // namespace agront::inference
