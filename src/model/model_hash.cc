// SPDX-License-Identifier: Apache-2.0
#include "model/model_hash.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/sha256.h"
#include "ops/matmul/quantize_weights.h"

namespace agront::model {

void ForEachRow(const ops::WeightView& view, const std::function<void(std::span<const float>)>& work) {
  if (view.in_stride == 1) {
    for (int64_t i = 0; i < view.out; ++i) work({view.data + i * view.out_stride, static_cast<size_t>(view.in)});
    return;
  }
  // A transposed matrix is copied in bands of rows, so that each of its cache lines is read once.
  constexpr int64_t kBand = 64;
  std::vector<float> band(static_cast<size_t>(kBand * view.in));
  for (int64_t begin = 0; begin < view.out; begin += kBand) {
    const int64_t rows = std::min(kBand, view.out - begin);
    for (int64_t j = 0; j < view.in; ++j)
      for (int64_t i = 0; i < rows; ++i)
        band[i * view.in + j] = view.data[(begin + i) * view.out_stride + j * view.in_stride];
    for (int64_t i = 0; i < rows; ++i) work({band.data() + i * view.in, static_cast<size_t>(view.in)});
  }
}

tensor::DType StoredDType(const Checkpoint& checkpoint, const Parameter& parameter, const StoredFormat& format) {
  const bool is_int8 = format.dtype == tensor::DType::kInt8;
  if ((is_int8 || format.only_block_matrices) && !IsBlockMatrix(parameter)) return tensor::DType::kFloat32;
  if (!is_int8) return format.dtype;
  const bool loses_too_much = ops::Quantize(checkpoint.Read(parameter)).relative_error > ops::kMostInt8Error;
  return loses_too_much ? tensor::DType::kBFloat16 : tensor::DType::kInt8;
}

std::string ComputeModelHash(const Checkpoint& checkpoint, const StoredFormat& format,
                             const std::function<void(int64_t)>& progress) {
  Sha256 hash;
  std::vector<std::byte> stored;
  std::vector<float> rounded;
  int64_t done = 0;
  for (const Parameter& parameter : checkpoint.parameters()) {
    hash.Update(fmt::format("{} {} {}\n", parameter.name, parameter.rows, parameter.cols));
    const tensor::DType dtype = StoredDType(checkpoint, parameter, format);
    ops::WeightView view = checkpoint.Read(parameter);
    const bool is_exact = dtype == tensor::DType::kFloat32 || dtype == tensor::DType::kInt8;
    if (dtype == tensor::DType::kInt8) view = ops::Widened(ops::Quantize(view).view);
    ForEachRow(view, [&](std::span<const float> row) {
      if (is_exact) return hash.Update(std::as_bytes(row));
      stored.resize(row.size() * tensor::SizeOf(dtype));
      rounded.resize(row.size());
      tensor::FromFloat32(dtype, row, stored.data());
      tensor::ToFloat32(dtype, stored.data(), rounded);
      hash.Update(std::as_bytes(std::span(rounded)));
    });
    done += parameter.size();
    if (progress) progress(done);
  }
  return hash.Hex();
}

}  // namespace agront::model
