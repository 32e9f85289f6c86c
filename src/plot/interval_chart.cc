// SPDX-License-Identifier: Apache-2.0
#include "plot/interval_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/shortened.h"
#include "plot/axes.h"
#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr double kWidth = 1040, kRight = kWidth - 60;
constexpr double kDotStep = 9;     // between the dots of two series
constexpr double kLetter = 6.6;    // the width of one, about
constexpr size_t kMostBytes = 57;  // of a name

std::string Whisker(double low, double high, double y, const char* colour) {
  if (!std::isfinite(low) || !std::isfinite(high)) return {};
  return fmt::format(
      "<path d=\"M{0:.1f} {2:.1f}H{1:.1f}M{0:.1f} {3:.1f}v6M{1:.1f} {3:.1f}v6\" stroke=\"{4}\" fill=\"none\"/>\n", low,
      high, y, y - 3, colour);
}

}  // namespace

std::string IntervalChart(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options) {
  Range range;
  for (const IntervalRow& row : rows)
    for (const Interval& of : row.series)
      for (const double value : {of.value, of.low, of.high})
        if (!std::isnan(value)) range.Add(std::fmax(value, options.least));
  range.Add(0);
  range.Add(options.chance);
  range.Widen();
  double left = 120;
  for (const IntervalRow& row : rows)
    left = std::max(left, 20 + kLetter * static_cast<double>(std::min(row.name.size(), kMostBytes)));
  const double row_height = 18 + kDotStep * static_cast<double>(std::max<size_t>(options.series.size(), 1) - 1);
  const double top_of_rows = 46 + MoreLegend(options.series, left, kRight);
  const double bottom = top_of_rows + row_height * static_cast<double>(rows.size());
  const Axes axes({left, top_of_rows, kRight, bottom}, range, {0, 1});
  const auto place = [&](double value) { return axes.X(std::isnan(value) ? value : std::fmax(value, options.least)); };

  std::string svg = SvgHead(kWidth, bottom + 44, left, options.title);
  for (size_t i = 0; i < rows.size(); i += 2)  // so that the eye keeps to a row
    svg += fmt::format("<rect x=\"0\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{:.1f}\" fill=\"#f4f6f8\"/>\n",
                       top_of_rows + row_height * static_cast<double>(i), kWidth, row_height);
  for (const double tick : Ticks(range, 6))
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#e4e7ea\"/>"
        "<text x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4:g}</text>\n",
        axes.X(tick), top_of_rows, bottom, bottom + 15, tick);
  const auto line = [&](double at, const char* style) {
    svg += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#6a7178\"{3}/>\n",
                       axes.X(at), top_of_rows, bottom, style);
  };
  line(0, "");
  if (std::isfinite(options.chance) && options.chance != 0) {
    line(options.chance, " stroke-dasharray=\"4 4\"");
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#555d64\">chance</text>\n",
                       axes.X(options.chance), top_of_rows - 3);
  }
  if (!options.series.empty())
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"#555d64\">{}</text>\n", kWidth - 14,
                       top_of_rows - 8, EscapeXml(options.series[0]));
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", (left + kRight) / 2,
                     bottom + 36, EscapeXml(options.x_label));
  for (size_t i = 0; i < rows.size(); ++i) {
    const double top = top_of_rows + row_height * static_cast<double>(i);
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", left - 8,
                       top + row_height / 2 + 4, EscapeXml(Shortened(rows[i].name, kMostBytes)));
    for (size_t series = 0; series < rows[i].series.size(); ++series) {
      const auto [value, low, high] = rows[i].series[series];
      const double y = top + 9 + kDotStep * static_cast<double>(series);
      if (!std::isfinite(value)) continue;
      const double zero = axes.X(0);
      if (series == 0)
        svg += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"10\" fill=\"{}\" fill-opacity=\"0.55\">"
            "<title>{}: {:.4g}</title></rect>\n",
            std::min(zero, place(value)), y - 5, std::abs(place(value) - zero), ColourOf(0),
            EscapeXml(options.series[series]), value);
      else
        svg += fmt::format(
            "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.2\" fill=\"{}\"><title>{}: {:.4g}</title></circle>\n",
            place(value), y, ColourOf(series), EscapeXml(options.series[series]), value);
      svg += Whisker(place(low), place(high), y, series == 0 ? "#003a66" : ColourOf(series));
      if (series == 0)
        svg +=
            fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"#555d64\">{:.3f}</text>\n", kRight + 8, y + 4, value);
    }
  }
  return svg + Legend(options.series, left, 24, kRight) + "</svg>\n";
}

}  // namespace agront::plot
