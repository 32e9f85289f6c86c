// SPDX-License-Identifier: Apache-2.0
// One hash for the same weights in any container.
#pragma once

#include <functional>
#include <string>

#include "model/checkpoint.h"
#include "tensor/dtype.h"

namespace agront::model {

/// SHA-256 over all parameters in the order of Parameters(): for each "name rows cols\n" (cols 0 for a vector) and
/// its values, row by row, as little-endian float32. A transposed or half-precision file hashes as what it stands for.
/// With `stored_as` the values are first rounded to that format: the hash of the file that convert writes.
/// `progress` is called with the number of values done.
std::string ComputeModelHash(const Checkpoint& checkpoint, tensor::DType stored_as = tensor::DType::kFloat32,
                             const std::function<void(int64_t)>& progress = {});

/// In which format a parameter is stored in a model of the format `wanted`: that one; but in an int8 model only the
/// matrices of the blocks are int8, those among them that would lose too much bfloat16, and all else float32.
tensor::DType StoredDType(const Checkpoint& checkpoint, const Parameter& parameter, tensor::DType wanted);

/// Calls `work(row)` with each row of the view, dense, in order.
void ForEachRow(const ops::WeightView& view, const std::function<void(std::span<const float>)>& work);

}  // namespace agront::model
