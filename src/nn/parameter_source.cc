// SPDX-License-Identifier: Apache-2.0
#include "nn/parameter_source.h"

namespace agront::nn {

tensor::Matrix LoadTable(ParameterSource& source, const std::string& name, int64_t rows, int64_t cols) {
  const ops::WeightView view = source.Weights(name, rows, cols);
  tensor::Matrix table(rows, cols);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) table.view().row(i)[j] = view.data[i * view.out_stride + j * view.in_stride];
  return table;
}

ops::PackedWeights LoadLinear(ParameterSource& source, const std::string& prefix, int64_t out, int64_t in,
                              Precision precision) {
  const std::vector<float> bias = source.Vector(prefix + ".bias", out);
  return {source.Stored(prefix + ".weight", out, in), bias, precision};
}

}  // namespace agront::nn
