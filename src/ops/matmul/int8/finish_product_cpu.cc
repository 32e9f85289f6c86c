// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/int8/finish_product_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/int8/finish_product.h"
#include "ops/matmul/int8/int8_columns-inl.h"

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(FinishRow);

std::vector<int32_t> Int8WeightSums(const Int8WeightView& weights) {
  std::vector<int32_t> sums(static_cast<size_t>(weights.out));
  ParallelFor(weights.out, [&](int64_t o) {
    const int8_t* row = weights.data + o * weights.in;
    sums[o] = std::accumulate(row, row + weights.in, int32_t{0});
  });
  return sums;
}

void FinishInt8Product(const Int8Sums& sums, Epilogue epilogue, tensor::MatrixView y) {
  const size_t out = sums.bias.size();
  if (sums.weight_sums.size() != out || sums.weight_scales.size() != out || static_cast<size_t>(y.cols) != out ||
      sums.rows.size() < static_cast<size_t>(y.rows))
    Fail("int8: {} columns and {} rows do not fit y [{}, {}]", out, sums.rows.size(), y.rows, y.cols);
  const auto finish = HWY_DYNAMIC_DISPATCH(FinishRow);
  ParallelFor(y.rows, [&](int64_t i) {
    finish(
        {sums.sums + i * y.cols, sums.weight_sums.data(), sums.weight_scales.data(), sums.bias.data(), y.row(i).data()},
        out, sums.rows[i], epilogue);
  });
}

}  // namespace agront::ops
#endif
