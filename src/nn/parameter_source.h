// SPDX-License-Identifier: Apache-2.0
// Where layers get their parameters from when they are made: a checkpoint, or a test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/matmul/matmul.h"
#include "tensor/matrix.h"

namespace agront::nn {

/// Names are those of model/parameters/parameters.h, such as "encoder.block.3.attention.query.weight".
/// Every call throws Error when the parameter is missing or has another shape.
class ParameterSource {
 public:
  virtual ~ParameterSource() = default;

  /// Whether there is such a parameter. Only the language-model head may be absent.
  virtual bool Has(const std::string& /*name*/) const { return true; }

  /// A matrix with the strides of its file; its values live as long as the view's owner.
  virtual ops::WeightView Weights(const std::string& name, int64_t out, int64_t in) = 0;

  /// The same matrix in the number format of its file, where that is one that products take.
  virtual ops::StoredWeights Stored(const std::string& name, int64_t out, int64_t in) { return Weights(name, out, in); }

  virtual std::vector<float> Vector(const std::string& name, int64_t size) = 0;
};

/// A matrix [rows, cols] copied row by row: an embedding table.
tensor::Matrix LoadTable(ParameterSource& source, const std::string& name, int64_t rows, int64_t cols);

/// `prefix`.weight [out, in] and `prefix`.bias [out], packed for products.
ops::PackedWeights LoadLinear(ParameterSource& source, const std::string& prefix, int64_t out, int64_t in,
                              Precision precision);

}  // namespace agront::nn
