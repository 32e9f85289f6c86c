// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/padded_rows.h"

namespace agront::ops {
namespace {

int64_t RoundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

}  // namespace

int64_t PaddedRows(int64_t rows) {
  if (rows > kMostProductRows) return rows / kMostProductRows * kMostProductRows + PaddedRows(rows % kMostProductRows);
  if (rows <= 1) return rows;
  if (rows <= 8) return 8;
  if (rows <= 256) return RoundUp(rows, 32);
  return RoundUp(rows, rows <= 1024 ? 64 : 256);
}

}  // namespace agront::ops
