// SPDX-License-Identifier: Apache-2.0
// One hash for the same weights in any container.
#pragma once

#include <functional>
#include <string>

#include "model/checkpoints/checkpoint.h"
#include "tensor/dtype.h"

namespace agront::model {

/// In which number formats a file keeps the parameters.
struct StoredFormat {
  tensor::DType dtype = tensor::DType::kFloat32;
  bool only_block_matrices = false;  ///< all else is float32, as always with int8
};

/// As model_hasher.h says. A transposed or half-precision file hashes as what it stands for.
/// With a format the values are first rounded to it: the hash of the file that convert writes.
/// `progress` is called with the number of values done.
std::string ComputeModelHash(const Checkpoint& checkpoint, const StoredFormat& format = {},
                             const std::function<void(int64_t)>& progress = {});

/// The number format of one parameter. A matrix that would lose too much in int8 is bfloat16.
tensor::DType StoredDType(const Checkpoint& checkpoint, const Parameter& parameter, const StoredFormat& format);

}  // namespace agront::model
