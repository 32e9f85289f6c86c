// SPDX-License-Identifier: Apache-2.0
#include "plot/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "plot/axes.h"
#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr double kHeight = 320;
constexpr double kLeft = 78, kTop = 44, kBelow = 44, kBeside = 16;

/// At most a point a column: the mean of those that fall there.
std::string Path(const Curve& curve, const Axes& axes) {
  std::string path;
  double sum_x = 0, sum_y = 0;
  int count = 0, column = 0;
  const auto draw = [&] {
    if (count > 0) path += fmt::format("{}{:.2f} {:.2f} ", path.empty() ? "M" : "L", sum_x / count, sum_y / count);
    sum_x = sum_y = count = 0;
  };
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    const double x = axes.X(curve.x[i]);
    if (static_cast<int>(x) != column) draw();
    column = static_cast<int>(x);
    sum_x += x;
    sum_y += axes.Y(curve.y[i]);
    ++count;
  }
  draw();
  return path;
}

/// The values themselves: a dot each, or from the least to the largest of each column where there are very many.
std::string Dots(const Curve& curve, const Axes& axes, const std::string& colour) {
  constexpr size_t kMostDots = 2000;
  std::string dots;
  std::map<int, Range> columns;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    const double x = axes.X(curve.x[i]), y = axes.Y(curve.y[i]);
    if (curve.x.size() <= kMostDots)
      dots += fmt::format("M{:.1f} {:.1f}h0", x, y);
    else
      columns[static_cast<int>(x)].Add(y);
  }
  for (const auto& [column, range] : columns) dots += fmt::format("M{} {:.1f}V{:.1f}", column, range.least, range.most);
  const bool are_dots = columns.empty();
  return fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linecap=\"{}\" stroke-opacity=\"0.3\"/>\n",
      dots, colour, are_dots ? 3 : 1, are_dots ? "round" : "butt");
}

/// A path of one point cannot be seen, so it is a dot: one validation at the end of one epoch.
std::string LonePoint(const Curve& curve, const Axes& axes, const std::string& colour) {
  std::string dot;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    if (!dot.empty()) return "";
    dot = fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"4\" fill=\"{}\"/>\n", axes.X(curve.x[i]),
                      axes.Y(curve.y[i]), colour);
  }
  return dot;
}

std::string Draw(const Curve& curve, size_t place, const Axes& axes) {
  const std::string colour = ColourOf(place), dashes = DashesOf(place);
  std::string svg;
  Curve line = curve;
  if (curve.is_noisy) {
    constexpr size_t kShare = 40;  // of the points, on either side
    svg = Dots(curve, axes, colour);
    line.y = RunningMean(curve.y, std::max<size_t>(2, curve.y.size() / kShare));
  }
  svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>\n", Path(line, axes), colour,
                     dashes.empty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
  return svg + LonePoint(line, axes, colour);
}

std::string DrawLevels(const std::vector<Level>& levels, const Axes& axes, const Box& box) {
  std::string svg;
  for (const Level& level : levels)
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#6a7178\" stroke-dasharray=\"4 4\"/>"
        "<text x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"end\" fill=\"#555d64\">{5}</text>\n",
        box.left, box.right, axes.Y(level.y), box.right - 4, axes.Y(level.y) - 4, EscapeXml(level.name));
  return svg;
}

/// The name is on the side of the line that has more room.
std::string DrawMark(const Mark& mark, const std::vector<Curve>& curves, const Axes& axes, const Box& box) {
  const double x = axes.X(mark.x);
  const bool is_left = x > (box.left + box.right) / 2;
  std::string svg = fmt::format(
      "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#202428\" stroke-dasharray=\"2 3\"/>"
      "<text x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"{5}\" fill=\"#202428\">{6}</text>\n",
      x, box.top, box.bottom, x + (is_left ? -8 : 8), box.bottom - 6, is_left ? "end" : "start", EscapeXml(mark.name));
  if (mark.curve >= curves.size()) return svg;
  const Curve& curve = curves[mark.curve];
  for (size_t i = 0; i < curve.x.size(); ++i)
    if (curve.x[i] == mark.x && std::isfinite(curve.y[i]))
      svg +=
          fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n",
                      x, axes.Y(curve.y[i]), ColourOf(mark.curve));
  return svg;
}

}  // namespace

std::vector<double> RunningMean(const std::vector<double>& values, size_t reach) {
  std::vector<double> sums = {0};
  std::vector<double> counts = {0};
  for (const double value : values) {
    sums.push_back(sums.back() + (std::isfinite(value) ? value : 0));
    counts.push_back(counts.back() + (std::isfinite(value) ? 1 : 0));
  }
  std::vector<double> means;
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t begin = i > reach ? i - reach : 0, end = std::min(i + reach + 1, values.size());
    means.push_back((sums[end] - sums[begin]) / (counts[end] - counts[begin]));  // NaN where nothing counts
  }
  return means;
}

std::string LineChart(const std::vector<Curve>& curves, const LineChartOptions& options) {
  Range x, y;
  std::vector<std::string> names;
  for (const Curve& curve : curves) {
    for (const double value : curve.x) x.Add(value);
    for (const double value : curve.y) y.Add(value);
    names.push_back(curve.name);
  }
  for (const Level& level : options.levels) y.Add(level.y);
  if (options.mark) x.Add(options.mark->x);
  if (options.from_zero) y.Add(0);
  if (options.from_zero && y.least == 0 && y.most == 0) y.Add(1);  // zeros alone
  x.Widen();
  y.Widen();
  const double right = options.width - kBeside;
  const double more = MoreLegend(names, kLeft, right);
  const Box box = {.left = kLeft, .top = kTop + more, .right = right, .bottom = kHeight - kBelow + more};
  const Axes axes(box, x, y);
  std::string svg =
      SvgHead(options.width, kHeight + more, kLeft, options.title) + axes.Draw(options.x_label, options.y_label);
  svg += DrawLevels(options.levels, axes, box);
  for (size_t i = 0; i < curves.size(); ++i) svg += Draw(curves[i], i, axes);
  if (options.mark) svg += DrawMark(*options.mark, curves, axes, box);
  return svg + Legend(names, kLeft, 24, right, true) + "</svg>\n";
}

}  // namespace agront::plot
