// SPDX-License-Identifier: Apache-2.0
// Some rows of a batch, and the way back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "tensor/matrix.h"

namespace agront::nn::training {

/// Rows of a batch that go on, in any order and as often as wanted; without a value all of them.
using KeptRows = std::optional<std::span<const int64_t>>;

inline void GatherRows(tensor::ConstMatrixView from, std::span<const int64_t> rows, tensor::MatrixView to) {
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(static_cast<int64_t>(i)).data());
}

/// Adds: a row may have been gathered more than once.
inline void ScatterRows(tensor::ConstMatrixView from, std::span<const int64_t> rows, tensor::MatrixView to) {
  for (size_t i = 0; i < rows.size(); ++i)
    std::ranges::transform(from.row(static_cast<int64_t>(i)), to.row(rows[i]), to.row(rows[i]).begin(), std::plus<>());
}

/// The same, all other rows being zero.
inline void SpreadRows(tensor::ConstMatrixView from, std::span<const int64_t> rows, tensor::MatrixView to) {
  std::ranges::fill(to.values(), 0.0f);
  ScatterRows(from, rows, to);
}

}  // namespace agront::nn::training
