// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/tanh/tanh.h"

namespace agront::ops {
namespace {

template <class Work>
void ForEachValue(size_t from, size_t to, const Work& work) {
  if (from != to) Fail("tanh: {} values do not fit into {}", from, to);
  constexpr size_t kPiece = 1 << 12;
  ParallelFor(static_cast<int64_t>((from + kPiece - 1) / kPiece), [&](int64_t piece) {
    const size_t first = static_cast<size_t>(piece) * kPiece;
    for (size_t i = first; i < std::min(from, first + kPiece); ++i) work(i);
  });
}

}  // namespace

void TanhForward(std::span<const float> x, std::span<float> y) {
  ForEachValue(x.size(), y.size(), [&](size_t i) { y[i] = std::tanh(x[i]); });
}

void TanhBackward(std::span<const float> y, std::span<float> gradient) {
  ForEachValue(y.size(), gradient.size(), [&](size_t i) { gradient[i] *= (1 - y[i]) * (1 + y[i]); });
}

}  // namespace agront::ops
