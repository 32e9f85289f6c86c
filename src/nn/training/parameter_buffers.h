// SPDX-License-Identifier: Apache-2.0
// Where the layers of training find their parameters, and where they add their gradients.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tensor/matrix.h"

namespace agront::nn::training {

/// A matrix [rows, cols], row by row, or a vector [rows] when cols is 0, in buffers that somebody else owns.
struct TrainedParameter {
  std::span<const float> values;
  std::span<float> gradient;  ///< empty when the parameter is frozen
  int64_t rows = 0;
  int64_t cols = 0;

  bool is_frozen() const { return gradient.empty(); }
  tensor::ConstMatrixView matrix() const { return {values.data(), rows, cols, rows}; }
  tensor::MatrixView gradient_matrix() const { return {gradient.data(), rows, cols, rows}; }
};

class ParameterBuffers {
 public:
  virtual ~ParameterBuffers() = default;

  /// Names are those of model/parameters.h; cols is 0 for a vector. Throws Error when there is no such parameter.
  virtual TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) = 0;
};

}  // namespace agront::nn::training
