// SPDX-License-Identifier: Apache-2.0
#include "inference/precision.h"

#include "base/error.h"
#include "ops/matmul/fastest_float.h"
#include "tensor/precision.h"

namespace agront::inference {

Precision ChoosePrecision(const std::string& name, const model::Checkpoint& checkpoint) {
  if (const auto precision = tensor::ParsePrecision(name)) return *precision;
  if (name != "auto") FailUsage("--precision: expected fp32, bf16, int8 or auto, got {:?}", name);
  if (const auto own = checkpoint.OwnPrecision()) return *own;
  return ops::FastestFloat();
}

}  // namespace agront::inference
