// SPDX-License-Identifier: Apache-2.0
#include "track.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace agront::demo {
namespace {

constexpr int kRows = 4;
constexpr double kWidth = 1180;
constexpr double kLeft = 46;
constexpr double kPlotHeight = 96;
constexpr double kGeneHeight = 13;
constexpr double kRowHeight = kPlotHeight + 92;

/// Part of the genome that one row shows.
struct Span {
  int64_t start;
  int64_t end;
  double X(double position) const {
    return kLeft + (kWidth - kLeft - 8) * (position - static_cast<double>(start)) / static_cast<double>(end - start);
  }
};

/// The mean gain over the 6-mers around each of them (a triangular window of 2 x kReach + 1).
std::vector<double> SmoothGains(const std::vector<Prediction>& predictions, const Baseline& baseline) {
  constexpr int64_t kReach = 60;
  const auto count = static_cast<int64_t>(predictions.size());
  std::vector<double> smooth(predictions.size());
  for (int64_t i = 0; i < count; ++i) {
    double sum = 0;
    double weights = 0;
    for (int64_t j = std::max<int64_t>(0, i - kReach); j <= std::min(count - 1, i + kReach); ++j) {
      const double weight = static_cast<double>(kReach + 1 - std::abs(i - j));
      sum += weight * (predictions[j].log_probability - baseline.log_frequency[predictions[j].token]);
      weights += weight;
    }
    smooth[i] = sum / weights;
  }
  return smooth;
}

/// The filled curve of one row, and its axis.
std::string DrawCurve(const std::vector<Prediction>& predictions, const std::vector<double>& gains, const Span& span,
                      double top, double low, double high) {
  const auto y = [&](double gain) { return top + kPlotHeight * (high - std::clamp(gain, low, high)) / (high - low); };
  std::string svg;
  const double step = high - low > 4 ? 2 : 1;
  for (double tick = std::ceil(low / step) * step + 0.0; tick <= high; tick += step)  // + 0.0: not "-0"
    svg += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\"/>"
        "<text x=\"{4}\" y=\"{5:.1f}\" text-anchor=\"end\" class=\"tick\">{6:+.0f}</text>\n",
        kLeft, kWidth - 8, y(tick), tick == 0 ? "#9aa0a6" : "#eceef0", kLeft - 6, y(tick) + 3.5, tick);
  std::string line;
  double last_x = -1;
  for (size_t i = 0; i < predictions.size(); ++i) {
    if (predictions[i].start < span.start || predictions[i].start >= span.end) continue;
    const double x = span.X(static_cast<double>(predictions[i].start) + 3);
    if (x - last_x < 0.7) continue;  // finer than a screen shows
    line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", x, y(gains[i]));
    last_x = x;
  }
  svg += fmt::format("<path d=\"{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z\" fill=\"#2f6fb0\" opacity=\"0.18\"/>\n", line, last_x,
                     y(0), kLeft, y(0));
  return svg + fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#2f6fb0\" stroke-width=\"1.3\"/>\n", line);
}

std::string DrawGenes(const std::vector<Feature>& features, const Span& span, double top) {
  std::string svg = fmt::format("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\" stroke=\"#c4c8cc\"/>\n", kLeft,
                                kWidth - 8, top + kGeneHeight + 2);
  double free_from[2] = {0, 0};  // where the last name of each strand ends
  std::vector<Feature> in_row;
  for (const Feature& feature : features)
    if (feature.end > span.start && feature.start < span.end) in_row.push_back(feature);
  std::ranges::sort(in_row, {}, &Feature::start);
  for (const Feature& feature : in_row) {
    const double from = span.X(static_cast<double>(std::max(feature.start, span.start)));
    const double to = span.X(static_cast<double>(std::min(feature.end, span.end)));
    const bool intron = feature.kind == Kind::kIntron;
    const double y = top + (feature.reverse ? kGeneHeight + 4 : 0) + (intron ? kGeneHeight / 2 - 1.5 : 0);
    const char* colour = kKindStyles[static_cast<size_t>(feature.kind)].colour;
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"1.5\" fill=\"{}\"><title>{} ({}) {}-{} "
        "{}</title></rect>\n",
        from, y, std::max(to - from, 1.2), intron ? 3.0 : kGeneHeight, colour, feature.gene,
        kKindStyles[static_cast<size_t>(feature.kind)].name, feature.start + 1, feature.end,
        feature.reverse ? "reverse strand" : "forward strand");
    const double name_width = 6.4 * static_cast<double>(feature.gene.size());
    const double middle = std::min((from + to) / 2, kWidth - 2 - name_width / 2);
    double& free = free_from[feature.reverse ? 1 : 0];
    if (intron || middle - name_width / 2 < std::max(free, kLeft)) continue;
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" class=\"gene\">{}</text>\n", middle,
                       feature.reverse ? top + 2 * kGeneHeight + 14 : top - 4, feature.gene);
    free = middle + name_width / 2 + 4;
  }
  return svg;
}

}  // namespace

std::string DrawTrack(const std::vector<Prediction>& predictions, const Baseline& baseline,
                      const std::vector<Feature>& features, int64_t length) {
  const std::vector<double> gains = SmoothGains(predictions, baseline);
  const double low = std::min(-1.0, std::floor(*std::ranges::min_element(gains)));
  const double high = std::max(1.0, std::ceil(*std::ranges::max_element(gains)));
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Predictability along the genome\">\n", kWidth,
                  kRows * kRowHeight);
  for (int row = 0; row < kRows; ++row) {
    const Span span{length * row / kRows, length * (row + 1) / kRows};
    const double top = row * kRowHeight + 8;
    svg += DrawCurve(predictions, gains, span, top, low, high);
    svg += DrawGenes(features, span, top + kPlotHeight + 20);
    for (int64_t kb = (span.start + 4999) / 5000 * 5; kb * 1000 < span.end; kb += 5)
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" class=\"tick\">{} kb</text>\n",
                         span.X(static_cast<double>(kb) * 1000), top + kPlotHeight + 76, kb);
  }
  return svg + "</svg>\n";
}

}  // namespace agront::demo
