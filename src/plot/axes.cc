// SPDX-License-Identifier: Apache-2.0
#include "plot/axes.h"

#include <fmt/format.h>

#include <algorithm>

#include "plot/heat_map.h"

namespace agront::plot {
namespace {

struct LegendPlace {
  std::string name;
  double x, y;  // y from the first row
};

constexpr double kLegendMark = 18;  // the width of a square or line and its distance from the name

std::vector<LegendPlace> LegendPlaces(const std::vector<std::string>& names, double x, double right) {
  std::vector<LegendPlace> places;
  double at = x, row = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    const double width = kLegendMark + 6.8 * static_cast<double>(names[i].size());
    if (at > x && at + width > right) {
      at = x;
      row += kLegendRow;
    }
    places.push_back({names[i], at, row});
    at += width + 20;
  }
  return places;
}

}  // namespace

std::string ColourOf(size_t series) {
  constexpr std::array kColours = {"#0060a8", "#d55e00", "#1a9e77", "#b0508f", "#6b5200", "#4aa3df",
                                   "#c2273d", "#4b4fb0", "#7a8b00", "#00727a", "#e08bb5", "#6f7479"};
  if (series < kColours.size()) return kColours.at(series);
  constexpr double kGoldenAngle = 137.508;  // consecutive hues are far apart, and none comes twice
  return fmt::format("hsl({:.2f},65%,{}%)", std::fmod(kGoldenAngle * static_cast<double>(series), 360),
                     series % 2 == 0 ? 36 : 52);
}

std::string DashesOf(size_t series) {
  constexpr std::array kDashes = {"", "7 3", "2 3", "9 3 2 3"};
  return kDashes.at(series / 6 % kDashes.size());
}

std::array<uint8_t, 3> ShadeRgb(double share) {
  constexpr double kStops[][3] = {{255, 255, 255}, {199, 233, 180}, {65, 171, 93}, {0, 90, 50}, {0, 40, 24}};
  const double at = std::clamp(share, 0.0, 1.0) * 4;
  const int stop = std::min(static_cast<int>(at), 3);
  std::array<uint8_t, 3> rgb{};
  for (size_t i = 0; i < rgb.size(); ++i)
    rgb[i] = static_cast<uint8_t>(std::lround(std::lerp(kStops[stop][i], kStops[stop + 1][i], at - stop)));
  return rgb;
}

std::string Shade(double share) {
  const auto [red, green, blue] = ShadeRgb(share);
  return fmt::format("#{:02x}{:02x}{:02x}", red, green, blue);
}

std::vector<double> Ticks(const Range& range, int count) {
  const double raw = (range.most - range.least) / count;
  if (!(raw > 0) || !std::isfinite(raw)) return {};
  const double power = std::pow(10, std::floor(std::log10(raw)));
  const double step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  const double first = std::ceil(range.least / step);
  // A step is at least 4 / 7 of `raw`. Where it is below the distance of two numbers, several come to one place.
  for (int i = 0; i <= 2 * count; ++i) {
    const double at = (first + i) * step + 0.0;  // no -0
    if (!(at <= range.most)) break;
    if (ticks.empty() || at > ticks.back()) ticks.push_back(at);
  }
  return ticks;
}

std::vector<Tick> Log1pTicks(const Range& range) {
  constexpr double kFewDecades = 10, kManyDecades = 5000;
  const double most = std::fmin(std::expm1(range.most), std::numeric_limits<double>::max());
  std::vector<double> values = {0};
  if (most <= kFewDecades)
    values = Ticks({0, most}, 5);
  else
    for (double power = 1; power <= most; power *= 10)
      for (const double value : {power, 3 * power})
        if (value <= most && (value == power || most < kManyDecades)) values.push_back(value);
  std::vector<Tick> ticks;
  for (const double value : values)
    if (const double at = std::log1p(value); at >= range.least) ticks.push_back({at, fmt::format("{:g}", value)});
  return ticks;
}

std::vector<Tick> Axes::TicksOf(const Range& range, int count) const {
  if (scale_ == Scale::kLog1p) return Log1pTicks(range);
  std::vector<Tick> ticks;
  for (const double at : Ticks(range, count)) ticks.push_back({at, fmt::format("{:g}", at)});
  return ticks;
}

std::string Axes::Draw(const std::string& x_label, const std::string& y_label) const {
  std::string svg;
  size_t longest = 0;
  for (const auto& [at, label] : TicksOf(y_, 5)) {
    longest = std::max(longest, label.size());
    svg += fmt::format(
        "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#e4e7ea\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
        box_.left, box_.right, Y(at), Y(at), box_.left - 6, Y(at) + 4, label);
  }
  for (const auto& [at, label] : TicksOf(x_, 6))
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", X(at), box_.bottom + 16,
                       label);
  const double middle = (box_.top + box_.bottom) / 2;
  const double of_ticks = box_.left - 14 - 6.6 * static_cast<double>(longest);
  const double left = std::fmax(std::fmin(box_.left - 50, of_ticks), 12);
  svg += fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>"
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 {:.1f} {:.1f})\">{}</text>\n",
      (box_.left + box_.right) / 2, box_.bottom + 36, EscapeXml(x_label), left, middle, left, middle,
      EscapeXml(y_label));
  return svg;
}

std::string SvgHead(double width, double height, double left, const std::string& title) {
  constexpr double kLeastShare = 0.8;  // smaller letters cannot be read; the box around it scrolls
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" style=\"max-width:calc(var(--grow, 1) * {0:.0f}px);min-width:{4:.0f}px\" "
      "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\" role=\"img\">\n<text x=\"{2:.0f}\" y=\"16\" font-size=\"14\">{3}</text>\n",
      width, height, left, EscapeXml(title), kLeastShare * width);
}

std::string Legend(const std::vector<std::string>& names, double x, double y, double right, bool are_lines) {
  std::string svg;
  size_t series = 0;
  for (const auto& [name, at_x, at_y] : LegendPlaces(names, x, right)) {
    const std::string dashes = are_lines ? DashesOf(series) : "";
    svg += fmt::format(
        "<line x1=\"{:.0f}\" x2=\"{:.0f}\" y1=\"{:.0f}\" y2=\"{:.0f}\" stroke=\"{}\" stroke-width=\"{}\"{}/>"
        "<text x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n",
        at_x, at_x + (are_lines ? 15 : 10), y + at_y + 5, y + at_y + 5, ColourOf(series), are_lines ? 3 : 10,
        dashes.empty() ? "" : " stroke-dasharray=\"" + dashes + "\"", at_x + kLegendMark, y + at_y + 9,
        EscapeXml(name));
    ++series;
  }
  return svg;
}

double MoreLegend(const std::vector<std::string>& names, double x, double right) {
  const std::vector<LegendPlace> places = LegendPlaces(names, x, right);
  return places.empty() ? 0 : places.back().y;
}

}  // namespace agront::plot
