// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/model_hash.h"

#include <algorithm>
#include <vector>

#include "model/parameters/model_hasher.h"
#include "ops/matmul/quantize_weights.h"

namespace agront::model {

tensor::DType StoredDType(const Checkpoint& checkpoint, const Parameter& parameter, const StoredFormat& format) {
  const bool is_int8 = format.dtype == tensor::DType::kInt8;
  if ((is_int8 || format.only_block_matrices) && !IsBlockMatrix(parameter)) return tensor::DType::kFloat32;
  if (!is_int8) return format.dtype;
  const bool loses_too_much = ops::Quantize(checkpoint.Read(parameter)).relative_error > ops::kMostInt8Error;
  return loses_too_much ? tensor::DType::kBFloat16 : tensor::DType::kInt8;
}

std::string ComputeModelHash(const Checkpoint& checkpoint, const StoredFormat& format,
                             const std::function<void(int64_t)>& progress) {
  ModelHasher hash;
  std::vector<std::byte> stored;
  std::vector<float> rounded;
  int64_t done = 0;
  for (const Parameter& parameter : checkpoint.parameters()) {
    hash.Begin(parameter);
    const tensor::DType dtype = StoredDType(checkpoint, parameter, format);
    ops::WeightView view = checkpoint.Read(parameter);
    const bool is_exact = dtype == tensor::DType::kFloat32 || dtype == tensor::DType::kInt8;
    if (dtype == tensor::DType::kInt8) view = ops::Widened(ops::Quantize(view).view);
    ops::ForEachRow(view, [&](std::span<const float> row) {
      if (is_exact) return hash.Add(row);
      stored.resize(row.size() * tensor::SizeOf(dtype));
      rounded.resize(row.size());
      tensor::FromFloat32(dtype, row, stored.data());
      tensor::ToFloat32(dtype, stored.data(), rounded);
      hash.Add(rounded);
    });
    done += parameter.size();
    if (progress) progress(done);
  }
  return hash.Hex();
}

}  // namespace agront::model
