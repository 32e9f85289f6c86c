// SPDX-License-Identifier: Apache-2.0
#include "plot/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr double kWidth = 720, kHeight = 320;
constexpr double kLeft = 64, kRight = 16, kTop = 44, kBottom = 44;  // around the axes
constexpr std::array kColours = {"#2f6fb0", "#2f7d4f", "#c2571a", "#7a52a8", "#9a7b1f", "#b23a6b"};

struct Range {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  void Add(double value) {
    if (!std::isfinite(value)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  void Widen() {
    if (!(least <= most)) least = 0, most = 1;
    if (least == most) least -= 0.5, most += 0.5;
  }
};

/// About `count` round numbers inside the range.
std::vector<double> Ticks(const Range& range, int count) {
  const double raw = (range.most - range.least) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  const double step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  for (double at = std::ceil(range.least / step); at * step <= range.most; ++at) ticks.push_back(at * step);
  return ticks;
}

class Axes {
 public:
  Axes(Range x, Range y) : x_(x), y_(y) {}
  double X(double value) const { return kLeft + (value - x_.least) / (x_.most - x_.least) * (kWidth - kLeft - kRight); }
  double Y(double value) const {
    return kHeight - kBottom - (value - y_.least) / (y_.most - y_.least) * (kHeight - kTop - kBottom);
  }
  std::string Draw(const LineChartOptions& options) const {
    std::string svg;
    for (const double tick : Ticks(y_, 5))
      svg += fmt::format(
          "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#e4e7ea\"/>"
          "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{:g}</text>\n",
          kLeft, kWidth - kRight, Y(tick), Y(tick), kLeft - 6, Y(tick) + 4, tick);
    for (const double tick : Ticks(x_, 6))
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{:g}</text>\n", X(tick),
                         kHeight - kBottom + 16, tick);
    svg += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>"
        "<text x=\"14\" y=\"{:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {:.1f})\">{}</text>\n",
        (kLeft + kWidth - kRight) / 2, kHeight - 8, EscapeXml(options.x_label), kHeight / 2, kHeight / 2,
        EscapeXml(options.y_label));
    return svg;
  }

 private:
  Range x_, y_;
};

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

}  // namespace

std::string LineChart(const std::vector<Curve>& curves, const LineChartOptions& options) {
  Range x, y;
  for (const Curve& curve : curves) {
    for (const double value : curve.x) x.Add(value);
    for (const double value : curve.y) y.Add(value);
  }
  x.Widen();
  y.Widen();
  const Axes axes(x, y);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\" "
      "fill=\"#333\" role=\"img\">\n<text x=\"{}\" y=\"16\" font-size=\"14\">{}</text>\n{}",
      kWidth, kHeight, kLeft, EscapeXml(options.title), axes.Draw(options));
  double legend = kLeft;
  for (size_t i = 0; i < curves.size(); ++i) {
    const char* colour = kColours[i % kColours.size()];
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\"/>\n",
                       Path(curves[i], axes), colour, curves[i].is_faint ? 1 : 2, curves[i].is_faint ? 0.35 : 1);
    svg += fmt::format(
        "<rect x=\"{:.0f}\" y=\"24\" width=\"10\" height=\"10\" fill=\"{}\"/><text x=\"{:.0f}\" "
        "y=\"33\">{}</text>\n",
        legend, colour, legend + 14, EscapeXml(curves[i].name));
    legend += 34 + 6.8 * static_cast<double>(curves[i].name.size());
  }
  return svg + "</svg>\n";
}

}  // namespace agront::plot
