// SPDX-License-Identifier: Apache-2.0
// Counts by row and column as a picture: which class was true, which was said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agront::plot {

struct CountMatrixOptions {
  std::string title;
  std::string row_label;     ///< "true"
  std::string column_label;  ///< "predicted"
};

/// counts [names, names], row by row. A cell shows its count and is coloured by its share of the row. The SVG element
/// is 360 user units wide, and more with more than 6 names or with long ones.
std::string CountMatrix(const std::vector<std::string>& names, const std::vector<int64_t>& counts,
                        const CountMatrixOptions& options);

}  // namespace agront::plot
