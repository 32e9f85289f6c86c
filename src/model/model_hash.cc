// SPDX-License-Identifier: Apache-2.0
#include "model/model_hash.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/sha256.h"

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

std::string ComputeModelHash(const Checkpoint& checkpoint, tensor::DType rounded_to,
                             const std::function<void(int64_t)>& progress) {
  Sha256 hash;
  std::vector<std::byte> stored;
  std::vector<float> rounded;
  int64_t done = 0;
  for (const Parameter& parameter : checkpoint.parameters()) {
    hash.Update(fmt::format("{} {} {}\n", parameter.name, parameter.rows, parameter.cols));
    ForEachRow(checkpoint.Read(parameter), [&](std::span<const float> row) {
      if (rounded_to == tensor::DType::kFloat32) return hash.Update(std::as_bytes(row));
      stored.resize(row.size() * tensor::SizeOf(rounded_to));
      rounded.resize(row.size());
      tensor::FromFloat32(rounded_to, row, stored.data());
      tensor::ToFloat32(rounded_to, stored.data(), rounded);
      hash.Update(std::as_bytes(std::span(rounded)));
    });
    done += parameter.size();
    if (progress) progress(done);
  }
  return hash.Hex();
}

}  // namespace agront::model
