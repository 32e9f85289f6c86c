// SPDX-License-Identifier: Apache-2.0
// Some rows of a batch, and the way back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>

#include "tensor/matrix.h"

namespace agront::nn::training {

inline void GatherRows(tensor::ConstMatrixView from, std::span<const int64_t> rows, tensor::MatrixView to) {
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(static_cast<int64_t>(i)).data());
}

/// Adds: a row may have been gathered more than once.
inline void ScatterRows(tensor::ConstMatrixView from, std::span<const int64_t> rows, tensor::MatrixView to) {
  for (size_t i = 0; i < rows.size(); ++i)
    std::ranges::transform(from.row(static_cast<int64_t>(i)), to.row(rows[i]), to.row(rows[i]).begin(), std::plus<>());
}

}  // namespace agront::nn::training
