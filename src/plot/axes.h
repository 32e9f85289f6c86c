// SPDX-License-Identifier: Apache-2.0
// Shared by charts: ranges, axes with round numbers, colours.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace agront::plot {

/// The colour of a curve or series by its place. The first six are close to those of Okabe and Ito (2008), which
/// colour-blind people can distinguish. No colour comes twice.
std::string ColourOf(size_t series);

/// The dashes of a curve by its place, "" for a full line: every six curves change, so that colours that look alike
/// differ in them.
std::string DashesOf(size_t series);

/// White (0) over greens to nearly black (1): a scale of one hue that is as even to the eye as it is in print.
std::array<uint8_t, 3> ShadeRgb(double share);
std::string Shade(double share);  ///< "#41ab5d"

struct Range {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();

  /// Values that are not finite change nothing.
  void Add(double value) {
    if (!std::isfinite(value)) return;
    least = std::fmin(least, value);
    most = std::fmax(most, value);
  }
  /// So that there is something to divide by, of large numbers, too.
  void Widen() {
    if (!(least <= most)) least = 0, most = 1;
    const double by = std::fmax(0.5, 1e-9 * std::abs(least));
    if (least == most) least -= by, most += by;
  }
};

/// About `count` round numbers inside the range; none where it is empty or not finite.
std::vector<double> Ticks(const Range& range, int count);

/// In user units.
struct Box {
  double left, top, right, bottom;
};

enum class Scale {
  kLinear,
  kLog1p,  ///< by log(1 + value), for counts and expression: 0 has a place
};

struct Tick {
  double at;
  std::string label;
};

/// Ticks of a range of log(1 + value): 0, 1, 10, 100, ... and what is between where there is room.
std::vector<Tick> Log1pTicks(const Range& range);

/// Numbers as places in a box, y upwards. With kLog1p ranges and numbers are log(1 + value), labels are values.
class Axes {
 public:
  Axes(const Box& box, const Range& x, const Range& y, Scale scale = Scale::kLinear)
      : box_(box), x_(x), y_(y), scale_(scale) {}

  double X(double value) const {
    return box_.left + (value - x_.least) / (x_.most - x_.least) * (box_.right - box_.left);
  }
  double Y(double value) const {
    return box_.bottom - (value - y_.least) / (y_.most - y_.least) * (box_.bottom - box_.top);
  }

  /// Lines at the ticks of y, the numbers, the names of both axes.
  std::string Draw(const std::string& x_label, const std::string& y_label) const;

 private:
  std::vector<Tick> TicksOf(const Range& range, int count) const;

  Box box_;
  Range x_, y_;
  Scale scale_;
};

/// The beginning of an SVG element of that size, with a title over `left`. A page may shrink it a little, and enlarges
/// it only where it sets the CSS variable --grow: letters have about one size in all pictures.
std::string SvgHead(double width, double height, double left, const std::string& title);

/// Between the rows of a legend.
inline constexpr double kLegendRow = 16;

/// Squares of colour with names, side by side from (x, y); a row is as long as fits before `right`. `are_lines`: lines
/// with their dashes instead of squares.
std::string Legend(const std::vector<std::string>& names, double x, double y, double right, bool are_lines = false);

/// The height of the rows of the same legend but the first.
double MoreLegend(const std::vector<std::string>& names, double x, double right);

}  // namespace agront::plot
