// SPDX-License-Identifier: Apache-2.0
#include "scatter.h"

#include <fmt/format.h>

#include <algorithm>

namespace agront::demo {

std::string DrawScatter(const Projection& projection, const std::vector<Kind>& kinds, int64_t window) {
  constexpr double kSide = 520;
  constexpr double kMargin = 34;
  std::array<double, 2> low{};
  std::array<double, 2> high{};
  for (size_t axis = 0; axis < 2; ++axis) {
    const auto [least, most] = std::ranges::minmax_element(
        projection.points, {}, [axis](const std::array<double, 2>& point) { return point[axis]; });
    low[axis] = (*least)[axis];
    high[axis] = (*most)[axis];
  }
  const auto place = [&](double value, size_t axis) {
    return kMargin + (kSide - 2 * kMargin) * (value - low[axis]) / (high[axis] - low[axis]);
  };
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"Embeddings of windows\">\n"
      "<rect x=\"12\" y=\"12\" width=\"{2}\" height=\"{2}\" fill=\"none\" stroke=\"#dfe2e5\"/>\n",
      kSide, kSide + 40, kSide - 24);
  // The many intergenic windows first, so that the few of RNA lie on top.
  for (const Kind kind : {Kind::kIntergenic, Kind::kProtein, Kind::kIntron, Kind::kTransferRna, Kind::kRibosomalRna})
    for (size_t i = 0; i < kinds.size(); ++i) {
      if (kinds[i] != kind) continue;
      svg += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\" fill-opacity=\"0.72\" stroke=\"white\" "
          "stroke-width=\"0.6\"><title>{}-{}: mostly {}</title></circle>\n",
          place(projection.points[i][0], 0), kSide - place(projection.points[i][1], 1),
          kKindStyles[static_cast<size_t>(kind)].colour, static_cast<int64_t>(i) * window + 1,
          (static_cast<int64_t>(i) + 1) * window, kKindStyles[static_cast<size_t>(kind)].name);
    }
  svg += fmt::format(
      "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"tick\">first component ({:.0f} % of the variance)</text>\n"
      "<text transform=\"translate(8 {}) rotate(-90)\" text-anchor=\"middle\" class=\"tick\">second component ({:.0f} "
      "%)</text>\n",
      kSide / 2, kSide + 6, 100 * projection.explained[0], kSide / 2, 100 * projection.explained[1]);
  double x = 16;
  for (const KindStyle& style : kKindStyles) {
    svg += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text>\n", x,
                       kSide + 26, style.colour, x + 10, kSide + 30, style.name);
    x += 30 + 6.6 * static_cast<double>(std::string(style.name).size());
  }
  return svg + "</svg>\n";
}

}  // namespace agront::demo
