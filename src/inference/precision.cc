// SPDX-License-Identifier: Apache-2.0
#include "inference/precision.h"

#include "base/error.h"
#include "ops/matmul/fastest_float.h"

namespace agront::inference {

Precision ChoosePrecision(std::optional<Precision> asked, const model::Checkpoint& checkpoint) {
  if (asked == Precision::kTf32)
    FailUsage(
        "precision tf32: expected fp32, bf16, int8 or auto on the processor; NVIDIA's GPUs have it (--device cuda)");
  if (asked) return *asked;
  if (const auto own = checkpoint.OwnPrecision()) return *own;
  return ops::FastestFloat();
}

}  // namespace agront::inference
