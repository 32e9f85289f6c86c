// SPDX-License-Identifier: Apache-2.0
#include "plot/count_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/shortened.h"
#include "plot/axes.h"
#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr size_t kMostBytes = 24;  // of a name
constexpr double kLetter = 6.8;    // the width of one, about

/// The colour of letters that has more contrast with a shade (relative luminance of WCAG 2).
const char* LettersOn(double shade) {
  const auto linear = [](uint8_t value) { return std::pow(value / 255.0, 2.2); };
  const auto [red, green, blue] = ShadeRgb(shade);
  const double luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  constexpr double kEven = 0.24;  // white and #333 have the same there
  return luminance < kEven ? "#fff" : "#333";
}

}  // namespace

std::string CountMatrix(const std::vector<std::string>& names, const std::vector<int64_t>& counts,
                        const CountMatrixOptions& options) {
  constexpr double kSlant = 40;  // degrees, of names that are wider than a cell
  const size_t size = names.size();
  const double cell = std::max(240.0 / static_cast<double>(std::max<size_t>(size, 1)), 40.0);
  const double side = cell * static_cast<double>(size);
  double longest = 0;
  for (const std::string& name : names)
    longest = std::max(longest, kLetter * static_cast<double>(Shortened(name, kMostBytes).size()));
  const bool is_slanted = longest > cell - 4;
  const double slant = is_slanted ? kSlant / 180 * std::numbers::pi : 0;
  const double left = std::max(110.0, longest + 36);
  const double top = 48 + std::sin(slant) * longest;
  // The last name ends beyond its cell.
  const double right = left + side + std::max(10.0, is_slanted ? std::cos(slant) * longest - cell / 2 + 10 : 0);
  std::string svg = SvgHead(right, top + side + 34, 14, options.title);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", left + side / 2,
                     top + side + 22, EscapeXml(options.column_label));
  svg += fmt::format(
      "<text x=\"14\" y=\"{0:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {0:.1f})\">{1}</text>\n",
      top + side / 2, EscapeXml(options.row_label));
  for (size_t row = 0; row < size; ++row) {
    int64_t total = 0;
    for (size_t column = 0; column < size; ++column) total += counts[row * size + column];
    const double y = top + cell * static_cast<double>(row);
    const std::string name = EscapeXml(Shortened(names[row], kMostBytes));
    const double middle = left + cell * (static_cast<double>(row) + 0.5);
    svg +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 6, y + cell / 2 + 4, name);
    svg +=
        is_slanted
            ? fmt::format(
                  "<text x=\"{0:.1f}\" y=\"{1:.1f}\" transform=\"rotate(-{2:.0f} {0:.1f} {1:.1f})\">{3}</text>\n",
                  middle, top - 8, kSlant, name)
            : fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", middle, top - 8, name);
    for (size_t column = 0; column < size; ++column) {
      const int64_t count = counts[row * size + column];
      const double share = total > 0 ? static_cast<double>(count) / static_cast<double>(total) : 0;
      const double shade = 0.75 * share + 0.02;
      const double x = left + cell * static_cast<double>(column);
      svg += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" stroke=\"white\"/>"
          "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{}</text>\n",
          x, y, cell, cell, Shade(shade), x + cell / 2, y + cell / 2 + (cell > 60 ? -1 : 4), LettersOn(shade), count);
      if (cell > 60)
        svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{:.1f} %</text>\n",
                           x + cell / 2, y + cell / 2 + 15, LettersOn(shade), 100 * share);
    }
  }
  return svg + "</svg>\n";
}

}  // namespace agront::plot
