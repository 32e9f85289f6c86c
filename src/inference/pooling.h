// SPDX-License-Identifier: Apache-2.0
// From rows of tokens to one row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agront/pooling.h"
#include "data/entry_reader.h"
#include "tensor/matrix.h"

namespace agront::inference {

/// Pools rows [begin, end) of one entry, the first of them <cls>, which only kCls counts.
void PoolEntry(Pooling pooling, tensor::ConstMatrixView hidden, int64_t begin, int64_t end, std::span<float> pooled);

/// The mean over the tokens of a record whose windows may overlap: a token counts by the share of its bases that no
/// window before had. For a record of one window this is the mean over its tokens.
class RecordMean {
 public:
  explicit RecordMean(int64_t channels) : sum_(static_cast<size_t>(channels)) {}

  /// The next window of the record; its rows begin at `begin`.
  void Add(const data::Entry& entry, tensor::ConstMatrixView hidden, int64_t begin);

  /// Writes the mean and starts the next record.
  void Take(std::span<float> mean);

 private:
  std::vector<double> sum_;
  double weight_ = 0;
  int64_t covered_ = 0;  // bases [0, covered_) of the record have been counted
};

}  // namespace agront::inference
