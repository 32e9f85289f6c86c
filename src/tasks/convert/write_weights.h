// SPDX-License-Identifier: Apache-2.0
// The two forms of a model's weights that convert writes.
#pragma once

#include <map>
#include <string>

#include "agront/precision.h"
#include "agront/reporter.h"
#include "model/checkpoints/checkpoint.h"
#include "tensor/dtype.h"

namespace agront::tasks {

using Metadata = std::map<std::string, std::string>;

/// All parameters in the number format `dtype`, the safetensors file that Hugging Face reads. In int8 the matrices of
/// the blocks are int8, each with a tensor of scales.
void WriteWeights(const model::Checkpoint& checkpoint, tensor::DType dtype, const Metadata& metadata,
                  const std::string& path, Reporter& reporter);

/// The matrices of products as this processor's kernels keep them, those of the blocks in `precision`, and all else in
/// float32.
void WritePackedWeights(const model::Checkpoint& checkpoint, Precision precision, const Metadata& metadata,
                        const std::string& path, Reporter& reporter);

}  // namespace agront::tasks
