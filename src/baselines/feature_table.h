// SPDX-License-Identifier: Apache-2.0
// Features of sequences, sparse: most 6-mers are in no short sequence.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace agront::baselines {

class FeatureTable {
 public:
  struct Entry {
    int32_t column;
    float value;
  };

  explicit FeatureTable(int64_t columns) : columns_(columns) {}

  /// Columns rise.
  void AddRow(std::span<const Entry> entries) {
    entries_.insert(entries_.end(), entries.begin(), entries.end());
    offsets_.push_back(entries_.size());
  }

  int64_t rows() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  int64_t columns() const { return columns_; }
  std::span<const Entry> row(int64_t index) const {
    return std::span(entries_).subspan(offsets_[index], offsets_[index + 1] - offsets_[index]);
  }

 private:
  int64_t columns_;
  std::vector<size_t> offsets_ = {0};
  std::vector<Entry> entries_;
};

/// Brings columns to one spread, as far as the rows of a training table show it. A column that is there in most of
/// those rows is centred, too; to centre the others would fill the table. A column that never varies becomes empty.
class Standardizer {
 public:
  explicit Standardizer(const FeatureTable& training);

  FeatureTable Apply(const FeatureTable& table) const;

 private:
  struct Column {
    float scale = 0;   // one over the standard deviation
    float centre = 0;  // the mean, or 0
  };
  std::vector<Column> columns_;
};

}  // namespace agront::baselines
