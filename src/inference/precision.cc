// SPDX-License-Identifier: Apache-2.0
#include "inference/precision.h"

#include "base/error.h"
#include "device/cpu/instruction_set.h"
#include "tensor/precision.h"

namespace agront::inference {

std::optional<Precision> ParsePrecisionOption(const std::string& name) {
  if (const auto precision = tensor::ParsePrecision(name)) return *precision;
  if (name != "auto") FailUsage("--precision: expected fp32, bf16, int8 or auto, got {:?}", name);
  return std::nullopt;
}

Precision ChoosePrecision(const std::string& name, const model::Checkpoint& checkpoint) {
  return ChoosePrecision(ParsePrecisionOption(name), checkpoint);
}

Precision ChoosePrecision(std::optional<Precision> asked, const model::Checkpoint& checkpoint) {
  if (asked) return *asked;
  if (const auto own = checkpoint.OwnPrecision()) return *own;
  return device::cpu::HasBf16Products() ? Precision::kBf16 : Precision::kFp32;
}

}  // namespace agront::inference
