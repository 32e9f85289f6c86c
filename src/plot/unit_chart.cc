// SPDX-License-Identifier: Apache-2.0
#include "plot/unit_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plot/axes.h"
#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr Box kBox = {.left = 56, .top = 30, .right = 346, .bottom = 320};
constexpr double kNearest = 0.5;

std::string Path(const UnitCurve& curve, const Axes& axes) {
  std::string path;
  double last_x = -1e9, last_y = -1e9;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    const double x = axes.X(curve.x[i]);
    const double y = axes.Y(curve.y[i]);
    const double right = x - last_x;
    const double down = y - last_y;
    if (right * right + down * down < kNearest * kNearest && i + 1 < curve.x.size()) continue;
    path += fmt::format("{}{:.1f} {:.1f} ", path.empty() ? "M" : "L", x, y);
    last_x = x;
    last_y = y;
  }
  return path;
}

/// Areas as the counts, but for the smallest, which would not be seen.
std::string Points(const UnitCurve& curve, const Axes& axes, const std::string& colour, const std::string& counted) {
  constexpr double kLeastRadius = 1.5, kMostRadius = 6;
  std::string svg;
  const double most = curve.counts.empty() ? 0 : static_cast<double>(std::ranges::max(curve.counts));
  for (size_t i = 0; i < curve.counts.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    const double radius = kMostRadius * std::sqrt(static_cast<double>(curve.counts[i]) / most);
    svg += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"{}\" fill-opacity=\"0.7\">"
        "<title>{}: {} {} at {:.3f}, {:.3f}</title></circle>\n",
        axes.X(curve.x[i]), axes.Y(curve.y[i]), std::fmax(radius, kLeastRadius), colour, EscapeXml(curve.name),
        curve.counts[i], EscapeXml(counted), curve.x[i], curve.y[i]);
  }
  return svg;
}

}  // namespace

std::string UnitChart(const std::vector<UnitCurve>& curves, const UnitChartOptions& options) {
  constexpr double kRow = 16;
  const double height = kBox.bottom + 48 + kRow * static_cast<double>(curves.size());
  const Axes axes(kBox, {0, 1}, {0, 1});
  std::string svg = SvgHead(360, height, kBox.left, options.title) + axes.Draw(options.x_label, options.y_label);
  if (options.with_diagonal)
    svg += fmt::format("<path d=\"M{} {} L{} {}\" stroke=\"#9aa1a8\" stroke-dasharray=\"4 4\"/>\n", kBox.left,
                       kBox.bottom, kBox.right, kBox.top);
  for (size_t i = curves.size(); i-- > 0;)  // the first on top
    svg +=
        fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\" stroke-linejoin=\"round\"/>\n{}",
                    Path(curves[i], axes), ColourOf(i), Points(curves[i], axes, ColourOf(i), options.counted));
  for (size_t i = 0; i < curves.size(); ++i) {
    const double y = kBox.bottom + 48 + kRow * static_cast<double>(i);
    svg += fmt::format(
        "<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"10\" height=\"10\" fill=\"{}\"/>"
        "<text x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n",
        kBox.left, y, ColourOf(i), kBox.left + 15, y + 9, EscapeXml(curves[i].name));
  }
  return svg + "</svg>\n";
}

}  // namespace agront::plot
