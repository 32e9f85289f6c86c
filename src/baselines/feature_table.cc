// SPDX-License-Identifier: Apache-2.0
#include "baselines/feature_table.h"

#include <cmath>

namespace agront::baselines {

Standardizer::Standardizer(const FeatureTable& training) : columns_(static_cast<size_t>(training.columns())) {
  struct Moments {
    double sum = 0, squares = 0;
    int64_t count = 0;
  };
  std::vector<Moments> moments(columns_.size());
  for (int64_t i = 0; i < training.rows(); ++i)
    for (const auto [column, value] : training.row(i)) {
      Moments& of = moments[column];
      of.sum += value;
      of.squares += double{value} * value;
      ++of.count;
    }
  const auto rows = static_cast<double>(training.rows());
  for (size_t i = 0; i < columns_.size(); ++i) {
    const double mean = moments[i].sum / rows;
    const double variance = moments[i].squares / rows - mean * mean;
    // The variance of equal values is not quite 0 after rounding, and is no spread.
    if (!(variance > 1e-10 * mean * mean)) continue;
    columns_[i].scale = static_cast<float>(1 / std::sqrt(variance));
    if (2 * moments[i].count > training.rows()) columns_[i].centre = static_cast<float>(mean);
  }
}

FeatureTable Standardizer::Apply(const FeatureTable& table) const {
  FeatureTable result(table.columns());
  std::vector<FeatureTable::Entry> entries;
  for (int64_t i = 0; i < table.rows(); ++i) {
    entries.clear();
    const auto row = table.row(i);
    size_t at = 0;
    for (int32_t column = 0; column < table.columns(); ++column) {
      const bool is_there = at < row.size() && row[at].column == column;
      const float value = is_there ? row[at++].value : 0;
      const auto [scale, centre] = columns_[column];
      if (scale != 0 && (is_there || centre != 0)) entries.push_back({column, (value - centre) * scale});
    }
    result.AddRow(entries);
  }
  return result;
}

}  // namespace agront::baselines
