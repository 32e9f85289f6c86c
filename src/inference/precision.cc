// SPDX-License-Identifier: Apache-2.0
#include "inference/precision.h"

#include "ops/matmul/fastest_float.h"

namespace agront::inference {

Precision ChoosePrecision(std::optional<Precision> asked, const model::Checkpoint& checkpoint) {
  if (asked) return *asked;
  if (const auto own = checkpoint.OwnPrecision()) return *own;
  return ops::FastestFloat();
}

}  // namespace agront::inference
