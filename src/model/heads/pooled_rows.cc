// SPDX-License-Identifier: Apache-2.0
#include "model/heads/pooled_rows.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace agront::model {
namespace {

struct Range {
  int64_t first;
  int64_t last;
};

Range RowsOfWindow(const std::vector<int32_t>& tokens, Range window, HeadPooling pooling) {
  switch (pooling) {
    case HeadPooling::kCls: return {window.first, window.first + 1};
    case HeadPooling::kCentre: {
      const int64_t centre =
          window.first + CentreToken(std::span(tokens).subspan(window.first, window.last - window.first));
      return {centre, centre + 1};
    }
    case HeadPooling::kMean:
    case HeadPooling::kAttention:
    case HeadPooling::kNone: return {window.first + 1, window.last};
  }
  return window;
}

void Check(const TaskBatch& batch) {
  const int64_t sequences = batch.batch.sequences();
  const bool all_positive = std::ranges::all_of(batch.windows, [](int64_t count) { return count > 0; });
  if (!all_positive || std::reduce(batch.windows.begin(), batch.windows.end()) != sequences)
    FailUsage("batch: the examples' windows, at least one each, must add up to {}", sequences);
  for (int64_t i = 0; i < sequences; ++i)
    if (batch.batch.offsets[i] >= batch.batch.offsets[i + 1]) FailUsage("batch: window {} is empty", i);
}

/// Every token by itself.
nn::training::PooledRows EachToken(int64_t tokens) {
  nn::training::PooledRows each;
  each.rows.resize(static_cast<size_t>(tokens));
  std::iota(each.rows.begin(), each.rows.end(), 0);
  each.examples.resize(static_cast<size_t>(tokens + 1));
  std::iota(each.examples.begin(), each.examples.end(), 0);
  each.windows = each.examples;
  each.weights.assign(static_cast<size_t>(tokens), 1.0f);
  return each;
}

}  // namespace

nn::training::PooledRows FindPooledRows(const TaskBatch& batch, HeadPooling pooling) {
  Check(batch);
  if (pooling == HeadPooling::kNone) return EachToken(static_cast<int64_t>(batch.batch.tokens.size()));
  nn::training::PooledRows pooled;
  pooled.windows = pooled.examples = {0};
  int64_t window = 0;
  for (const int64_t count : batch.windows) {
    for (const int64_t last = window + count; window < last; ++window) {
      const auto [first, end] =
          RowsOfWindow(batch.batch.tokens, {batch.batch.offsets[window], batch.batch.offsets[window + 1]}, pooling);
      if (first == end) FailUsage("batch: window {} has no token but <cls>", window);
      const float of_window = 1 / static_cast<float>(count);
      const float of_row = pooling == HeadPooling::kMean ? 1 / static_cast<float>(count * (end - first)) : of_window;
      for (int64_t row = first; row < end; ++row) pooled.rows.push_back(row);
      pooled.weights.resize(pooled.rows.size(), of_row);
      pooled.windows.push_back(static_cast<int64_t>(pooled.rows.size()));
    }
    pooled.examples.push_back(static_cast<int64_t>(pooled.rows.size()));
  }
  return pooled;
}

}  // namespace agront::model
