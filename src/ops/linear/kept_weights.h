// SPDX-License-Identifier: Apache-2.0
// Weights that do not change while something else is trained.
#pragma once

#include <cstdint>
#include <memory>

#include "agront/precision.h"
#include "ops/matmul/weight_views.h"

namespace agront::ops {

struct KeptWeights {
  RowMajorWeights view;
  std::shared_ptr<const void> owner;  ///< of what the view shows
};

/// The weights in `precision`, rounded as for inference: a matrix that int8 would damage stays in bfloat16
/// (quantize_weights.h). Those that are so already, row by row, stay where they are, such as in a mapped file.
KeptWeights Keep(StoredWeights weights, Precision precision);

/// Their bytes, unless int8 would damage the matrix.
int64_t KeptBytes(int64_t out, int64_t in, Precision precision);

}  // namespace agront::ops
