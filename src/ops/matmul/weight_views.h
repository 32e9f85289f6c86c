// SPDX-License-Identifier: Apache-2.0
// Weight matrices as they come from a checkpoint, in the number format of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "agront/precision.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// float32 [out, in], any strides, in elements.
struct WeightView {
  const float* data = nullptr;
  int64_t out = 0;
  int64_t in = 0;
  int64_t out_stride = 0;
  int64_t in_stride = 0;
  std::shared_ptr<const void> owner = nullptr;  ///< keeps `data` alive
};

/// bfloat16 [out, in], row by row.
struct Bf16WeightView {
  const uint16_t* data = nullptr;
  int64_t out = 0;
  int64_t in = 0;
  std::shared_ptr<const void> owner = nullptr;
};

/// int8 [out, in], row by row, all in [-64, 64] (ops/int8 says why): the weight is scales[out] times the number.
struct Int8WeightView {
  const int8_t* data = nullptr;
  const float* scales = nullptr;  ///< [out]
  int64_t out = 0;
  int64_t in = 0;
  std::shared_ptr<const void> owner = nullptr;  ///< of the scales, too
};

/// As PackedWeights keeps them: ready for products.
struct PackedView {
  std::string layout;  ///< names the order of the bytes, and the number format
  std::span<const std::byte> bytes;
  int64_t out = 0;
  int64_t in = 0;
  std::shared_ptr<const void> owner = nullptr;
  std::string place = "packed weights";  ///< where they come from, for messages
  /// The precision that their model was packed for: in int8 some matrices stay wider.
  Precision packed_for = Precision::kFp32;
};

/// Packed weights in a file begin on a cache line, and have whole ones.
inline constexpr size_t kPackedLine = 64;

/// The view with the `size` bytes that its layout has. Throws Error unless it has these, or these filled up to whole
/// cache lines.
PackedView CheckedSize(PackedView packed, size_t size);

using StoredWeights = std::variant<WeightView, Bf16WeightView, Int8WeightView, PackedView>;

/// [out, in], row by row: as training keeps them, in float32 those that change.
using RowMajorWeights = std::variant<tensor::ConstMatrixView, Bf16WeightView, Int8WeightView>;

/// As float32: the view itself, or values of its own. Throws Error for a packed layout that this processor does not
/// use.
WeightView Widened(StoredWeights weights);

/// As bfloat16, likewise.
Bf16WeightView Rounded(StoredWeights weights);

/// Calls `work(row)` with each row of the view, dense, in order.
void ForEachRow(const WeightView& view, const std::function<void(std::span<const float>)>& work);

}  // namespace agront::ops
