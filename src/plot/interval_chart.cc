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
constexpr double kDotStep = 13;    // between the dots of two series
constexpr double kLetter = 6.6;    // the width of one, about
constexpr size_t kMostBytes = 57;  // of a name

std::string Whisker(double low, double high, double y, const std::string& colour) {
  if (!std::isfinite(low) || !std::isfinite(high)) return {};
  return fmt::format(
      "<path d=\"M{0:.1f} {2:.1f}H{1:.1f}M{0:.1f} {3:.1f}v6M{1:.1f} {3:.1f}v6\" stroke=\"{4}\" fill=\"none\"/>\n", low,
      high, y, y - 3, colour);
}

Range RangeOf(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options) {
  Range range;
  for (const IntervalRow& row : rows)
    for (const Interval& of : row.series)
      for (const double value : {of.value, of.low, of.high})
        if (!std::isnan(value)) range.Add(std::fmax(value, options.least));
  range.Add(0);
  range.Add(options.best);
  range.Add(options.chance);
  range.Widen();
  return range;
}

/// Where the rows begin: right of the longest name.
double LeftOf(const std::vector<IntervalRow>& rows) {
  double left = 120;
  for (const IntervalRow& row : rows)
    left = std::max(left, 20 + kLetter * static_cast<double>(std::min(row.name.size(), kMostBytes)));
  return left;
}

/// The chart's places, and what is drawn there.
class Drawing {
 public:
  Drawing(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options)
      : rows_(rows),
        options_(options),
        left_(LeftOf(rows)),
        row_height_(18 + kDotStep * static_cast<double>(std::max<size_t>(options.series.size(), 1) - 1)),
        top_(46 + MoreLegend(options.series, left_, kRight)),
        bottom_(top_ + row_height_ * static_cast<double>(rows.size())),
        range_(RangeOf(rows, options)),
        axes_({left_, top_, kRight, bottom_}, range_, {0, 1}) {}

  std::string Svg() const {
    std::string svg = SvgHead(kWidth, bottom_ + 44, left_, options_.title);
    svg += Stripes() + Grid() + UprightLines() + Labels();
    for (size_t i = 0; i < rows_.size(); ++i) svg += Row(i);
    return svg + Legend(options_.series, left_, 24, kRight) + "</svg>\n";
  }

 private:
  double TopOf(size_t row) const { return top_ + row_height_ * static_cast<double>(row); }
  double Place(double value) const { return axes_.X(std::isnan(value) ? value : std::fmax(value, options_.least)); }

  /// So that the eye keeps to a row.
  std::string Stripes() const {
    std::string svg;
    for (size_t i = 0; i < rows_.size(); i += 2)
      svg += fmt::format("<rect x=\"0\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{:.1f}\" fill=\"#f4f6f8\"/>\n", TopOf(i),
                         kWidth, row_height_);
    return svg;
  }

  std::string Grid() const {
    std::string svg;
    for (const double tick : Ticks(range_, 6))
      svg += fmt::format(
          "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#e4e7ea\"/>"
          "<text x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4:g}</text>\n",
          axes_.X(tick), top_, bottom_, bottom_ + 15, tick);
    return svg;
  }

  std::string UprightLine(double at, const char* style) const {
    return fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#6a7178\"{3}/>\n",
                       axes_.X(at), top_, bottom_, style);
  }

  /// At zero and at chance.
  std::string UprightLines() const {
    std::string svg = UprightLine(0, "");
    if (!std::isfinite(options_.chance) || options_.chance == 0) return svg;
    svg += UprightLine(options_.chance, " stroke-dasharray=\"4 4\"");
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#555d64\">chance</text>\n",
                       axes_.X(options_.chance), top_ - 3);
    return svg;
  }

  std::string Labels() const {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", (left_ + kRight) / 2,
                       bottom_ + 36, EscapeXml(options_.x_label));
  }

  std::string Row(size_t i) const {
    std::string svg = fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", left_ - 8,
                                  TopOf(i) + row_height_ / 2 + 4, EscapeXml(Shortened(rows_[i].name, kMostBytes)));
    for (size_t series = 0; series < rows_[i].series.size(); ++series) {
      const double y = TopOf(i) + 9 + kDotStep * static_cast<double>(series);
      if (std::isfinite(rows_[i].series[series].value)) svg += Mark(rows_[i].series[series], series, y);
    }
    return svg;
  }

  std::string Mark(const Interval& of, size_t series, double y) const {
    const std::string colour = ColourOf(series);
    return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.8\" fill=\"{}\"><title>{}: {:.4g}</title></circle>\n",
                       Place(of.value), y, colour, EscapeXml(options_.series[series]), of.value) +
           Whisker(Place(of.low), Place(of.high), y, colour) +
           fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\" fill=\"{}\">{:.3f}</text>\n", kRight + 8,
                       y + 4, colour, of.value);
  }

  const std::vector<IntervalRow>& rows_;
  const IntervalChartOptions& options_;
  double left_, row_height_, top_, bottom_;
  Range range_;
  Axes axes_;
};

}  // namespace

std::string IntervalChart(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options) {
  return Drawing(rows, options).Svg();
}

}  // namespace agront::plot
