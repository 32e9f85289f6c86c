// SPDX-License-Identifier: Apache-2.0
#include "inference/precision.h"

#include "base/error.h"
#include "device/cpu/instruction_set.h"

namespace agront::inference {

Precision ChoosePrecision(const std::string& name, const model::Checkpoint& checkpoint) {
  if (name == "fp32") return Precision::kFp32;
  if (name == "bf16") return Precision::kBf16;
  if (name == "int8") return Precision::kInt8;
  if (name == "auto" && checkpoint.IsInt8()) return Precision::kInt8;
  if (name == "auto") return device::cpu::HasBf16Products() ? Precision::kBf16 : Precision::kFp32;
  FailUsage("--precision: expected fp32, bf16, int8 or auto, got {:?}", name);
}

std::string Name(Precision precision) {
  switch (precision) {
    case Precision::kFp32: return "fp32";
    case Precision::kBf16: return "bf16";
    case Precision::kInt8: return "int8";
  }
  return "unknown";
}

}  // namespace agront::inference
