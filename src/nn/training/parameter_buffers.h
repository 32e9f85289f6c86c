// SPDX-License-Identifier: Apache-2.0
// Where the layers of training find their parameters, and where they add their gradients.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::nn::training {

/// A matrix [rows, cols], row by row, or a vector [rows] when cols is 0, in buffers that somebody else owns.
struct TrainedParameter {
  std::span<const float> values;  ///< empty when the parameter is kept in fewer bits
  std::span<float> gradient;      ///< empty when the parameter is frozen
  int64_t rows = 0;
  int64_t cols = 0;
  ops::RowMajorWeights weights = {};  ///< a matrix, as it is kept

  bool exists() const { return rows != 0; }
  bool is_frozen() const { return gradient.empty(); }
  tensor::ConstMatrixView matrix() const { return {values.data(), rows, cols, rows}; }
  tensor::MatrixView gradient_matrix() const { return {gradient.data(), rows, cols, rows}; }
};

/// The parameters by which an adapter changes a product y = W x + b. An absent one changes nothing.
struct ProductAdapter {
  TrainedParameter lora_a, lora_b;  ///< [rank, in] and [out, rank]: y + lora_scaling B A x
  float lora_scaling = 0;
  TrainedParameter input_scales;   ///< [in]: W (s x) + b
  TrainedParameter output_scales;  ///< [out]: s (W x + b)
};

class ParameterBuffers {
 public:
  virtual ~ParameterBuffers() = default;

  /// Names are those of model/parameters/parameters.h; cols is 0 for a vector. Throws Error when there is no such
  /// parameter.
  virtual TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) = 0;

  /// The adapter of the product whose parameters are `prefix`.weight [out, in] and `prefix`.bias.
  virtual ProductAdapter FindAdapter(const std::string& /*prefix*/, int64_t /*out*/, int64_t /*in*/) { return {}; }
};

/// Whether a gradient is wanted of what a layer takes in: only where something below is trained.
enum class Below { kFrozen, kTrained };

}  // namespace agront::nn::training
