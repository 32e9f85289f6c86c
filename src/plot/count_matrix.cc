// SPDX-License-Identifier: Apache-2.0
#include "plot/count_matrix.h"

#include <fmt/format.h>

#include <algorithm>

#include "plot/axes.h"
#include "plot/heat_map.h"

namespace agront::plot {
namespace {

std::string Shorten(const std::string& name, size_t most) {
  return name.size() <= most ? name : name.substr(0, most - 1) + "…";
}

}  // namespace

std::string CountMatrix(const std::vector<std::string>& names, const std::vector<int64_t>& counts,
                        const CountMatrixOptions& options) {
  constexpr double kLeft = 110, kTop = 56;
  const size_t size = names.size();
  const double cell = std::max(240.0 / static_cast<double>(std::max<size_t>(size, 1)), 40.0);
  const double side = cell * static_cast<double>(size);
  std::string svg = SvgHead(kLeft + side + 10, kTop + side + 34, kLeft, options.title);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", kLeft + side / 2,
                     kTop + side + 22, EscapeXml(options.column_label));
  svg += fmt::format(
      "<text x=\"14\" y=\"{0:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {0:.1f})\">{1}</text>\n",
      kTop + side / 2, EscapeXml(options.row_label));
  for (size_t row = 0; row < size; ++row) {
    int64_t total = 0;
    for (size_t column = 0; column < size; ++column) total += counts[row * size + column];
    const double y = kTop + cell * static_cast<double>(row);
    svg += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
        kLeft - 6, y + cell / 2 + 4, EscapeXml(Shorten(names[row], 12)),
        kLeft + cell * (static_cast<double>(row) + 0.5), kTop - 8,
        EscapeXml(Shorten(names[row], static_cast<size_t>(cell / 7))));
    for (size_t column = 0; column < size; ++column) {
      const int64_t count = counts[row * size + column];
      const double share = total > 0 ? static_cast<double>(count) / static_cast<double>(total) : 0;
      const double x = kLeft + cell * static_cast<double>(column);
      svg += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" stroke=\"white\"/>"
          "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{}</text>\n",
          x, y, cell, cell, Shade(0.75 * share + 0.02), x + cell / 2, y + cell / 2 + (cell > 60 ? -1 : 4),
          share > 0.5 ? "#fff" : "#333", count);
      if (cell > 60)
        svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{:.1f} %</text>\n",
                           x + cell / 2, y + cell / 2 + 15, share > 0.5 ? "#fff" : "#333", 100 * share);
    }
  }
  return svg + "</svg>\n";
}

}  // namespace agront::plot
