// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/softmax/softmax.h"

namespace agront::ops {

void SoftmaxForward(tensor::ConstMatrixView x, tensor::MatrixView y) {
  if (x.rows != y.rows || x.cols != y.cols) Fail("softmax: x is [{}, {}], y [{}, {}]", x.rows, x.cols, y.rows, y.cols);
  ParallelFor(x.rows, [&](int64_t i) {
    const auto in = x.row(i);
    const auto out = y.row(i);
    const float largest = *std::max_element(in.begin(), in.end());
    double sum = 0;  // in float64: thousands of terms of one sign
    for (size_t j = 0; j < in.size(); ++j) {
      out[j] = std::exp(in[j] - largest);
      sum += static_cast<double>(out[j]);
    }
    const auto inverse = static_cast<float>(1.0 / sum);
    for (float& value : out) value *= inverse;
  });
}

}  // namespace agront::ops
