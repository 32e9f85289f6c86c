// SPDX-License-Identifier: Apache-2.0
// Layer normalisation with its parameters.
#pragma once

#include <string>
#include <vector>

#include "nn/parameter_source.h"
#include "ops/layer_norm/layer_norm.h"
#include "ops/matmul/product_input.h"
#include "tensor/matrix.h"

namespace agront::nn {

class LayerNorm {
 public:
  /// Reads `prefix`.scale and `prefix`.offset, each [channels].
  LayerNorm(ParameterSource& source, const std::string& prefix, int64_t channels, float epsilon)
      : scale_(source.Vector(prefix + ".scale", channels)),
        offset_(source.Vector(prefix + ".offset", channels)),
        epsilon_(epsilon) {}

  /// x and y [rows, channels] may be the same memory.
  void Forward(tensor::ConstMatrixView x, tensor::MatrixView y) const {
    ops::LayerNormForward(x, scale_, offset_, epsilon_, y);
  }

  /// The same, with y as the left side of products: each row is converted where it is made. y stays with the input.
  void Forward(tensor::ConstMatrixView x, tensor::MatrixView y, ops::InputFormat format,
               ops::ProductInput& input) const {
    input.Begin(y, format);
    ops::LayerNormForward(x, scale_, offset_, epsilon_, y, [&](int64_t row) { input.ConvertRow(row); });
  }

 private:
  std::vector<float> scale_;
  std::vector<float> offset_;
  float epsilon_;
};

}  // namespace agront::nn
