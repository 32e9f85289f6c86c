// SPDX-License-Identifier: Apache-2.0
#include "inference/pooling.h"

#include <algorithm>

namespace agront::inference {

void PoolEntry(Pooling pooling, tensor::ConstMatrixView hidden, int64_t begin, int64_t end, std::span<float> pooled) {
  if (pooling == Pooling::kCls) {
    std::ranges::copy(hidden.row(begin), pooled.begin());
    return;
  }
  if (pooling == Pooling::kMax) {
    std::ranges::copy(hidden.row(begin + 1), pooled.begin());
    for (int64_t i = begin + 2; i < end; ++i)
      for (size_t c = 0; c < pooled.size(); ++c) pooled[c] = std::max(pooled[c], hidden.row(i)[c]);
    return;
  }
  std::vector<double> sum(pooled.size());
  for (int64_t i = begin + 1; i < end; ++i)
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(hidden.row(i)[c]);
  for (size_t c = 0; c < sum.size(); ++c) pooled[c] = static_cast<float>(sum[c] / static_cast<double>(end - begin - 1));
}

void RecordMean::Add(const data::Entry& entry, tensor::ConstMatrixView hidden, int64_t begin) {
  for (size_t i = 1; i < entry.tokens.size(); ++i) {
    const int64_t token_begin = entry.start + entry.tokens.begin[i];
    const int64_t token_end = entry.start + entry.tokens.end[i];
    const int64_t fresh = token_end - std::max(token_begin, covered_);
    if (fresh <= 0) continue;
    const double weight = static_cast<double>(fresh) / static_cast<double>(token_end - token_begin);
    const auto row = hidden.row(begin + static_cast<int64_t>(i));
    for (size_t c = 0; c < sum_.size(); ++c) sum_[c] += weight * static_cast<double>(row[c]);
    weight_ += weight;
  }
  covered_ = std::max(covered_, entry.end);
}

void RecordMean::Take(std::span<float> mean) {
  for (size_t c = 0; c < sum_.size(); ++c) mean[c] = static_cast<float>(sum_[c] / weight_);
  std::ranges::fill(sum_, 0.0);
  weight_ = 0;
  covered_ = 0;
}

}  // namespace agront::inference
