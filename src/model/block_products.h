// SPDX-License-Identifier: Apache-2.0
// The best rate that the machine reaches for a model's products.
#pragma once

#include <vector>

#include "agront/model_shape.h"
#include "ops/matmul/matmul.h"
#include "tensor/matrix.h"

namespace agront::model {

/// The products of one encoder block, alone: random weights of the same shapes, no epilogue, no other op between.
class BlockProducts {
 public:
  BlockProducts(const ModelShape& shape, int64_t rows, Precision precision);

  /// Operations a second of all products of one block, each run once.
  double MeasureRate();

 private:
  struct Product {
    int count;  ///< in one block
    ops::PackedWeights weights;
    tensor::Matrix values;
    ops::ProductInput input;  // of the values
    tensor::Matrix output;
  };

  std::vector<Product> products_;
};

}  // namespace agront::model
