// SPDX-License-Identifier: Apache-2.0
#include "tensor/precision.h"

namespace agront::tensor {

std::string Name(Precision precision) {
  switch (precision) {
    case Precision::kFp32: return "fp32";
    case Precision::kBf16: return "bf16";
    case Precision::kInt8: return "int8";
    case Precision::kTf32: return "tf32";
  }
  return "unknown";
}

std::string Name(const std::optional<Precision>& asked) { return asked ? Name(*asked) : "auto"; }

std::optional<Precision> ParsePrecision(std::string_view name) {
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8})
    if (Name(precision) == name) return precision;
  return std::nullopt;
}

}  // namespace agront::tensor
