// SPDX-License-Identifier: Apache-2.0
#include "plot/heat_map.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "plot/axes.h"
#include "plot/png.h"

namespace agront::plot {
namespace {

constexpr int64_t kMostCells = 512;

struct Picture {
  std::string png;  // base64
  double largest;
};

Picture DrawCells(tensor::ConstMatrixView values) {
  const int64_t block = (std::max(values.rows, values.cols) + kMostCells - 1) / kMostCells;
  const int64_t height = (values.rows + block - 1) / block;
  const int64_t width = (values.cols + block - 1) / block;
  std::vector<float> cells(static_cast<size_t>(height * width));
  for (int64_t i = 0; i < values.rows; ++i)
    for (int64_t j = 0; j < values.cols; ++j) {
      float& cell = cells[i / block * width + j / block];
      cell = std::max(cell, values.row(i)[j]);
    }
  const float largest = std::max(*std::ranges::max_element(cells), 1e-30f);
  std::vector<uint8_t> pixels;
  for (const float cell : cells)
    for (const uint8_t channel : ShadeRgb(std::sqrt(cell / largest))) pixels.push_back(channel);
  return {EncodePngBase64(pixels, width, height), largest};
}

/// Colours from 0 at the bottom to the largest value at the top.
std::string ColourScale(double x, double top, double height, double largest, const std::string& label) {
  constexpr int kSteps = 60;
  constexpr double kWidth = 12;
  const double step = height / kSteps;
  std::string svg;
  for (int i = 0; i < kSteps; ++i)
    svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:.2f}\" width=\"{}\" height=\"{:.2f}\" fill=\"{}\"/>\n", x,
                       top + height - (i + 1) * step, kWidth, step + 0.3, Shade((i + 0.5) / kSteps));
  svg += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\" fill=\"none\" stroke=\"#999\" "
      "stroke-width=\"0.7\"/>\n",
      x, top, kWidth, height);
  for (const double share : {0.0, 0.0625, 0.25, 0.5625, 1.0})  // even steps along the square root
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\">{:.2g}</text>\n", x + kWidth + 4,
                       top + height * (1 - std::sqrt(share)) + 4, share * largest);
  return svg + fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\" text-anchor=\"middle\">{}</text>\n",
                           x + kWidth, top + height + 32, EscapeXml(label));
}

}  // namespace

std::string EscapeXml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '&': escaped += "&amp;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string HeatMap(tensor::ConstMatrixView values, double x, double y, const HeatMapOptions& options) {
  constexpr double kLeft = 72;
  constexpr double kTop = 28;
  constexpr double kSide = 380;
  const Picture picture = DrawCells(values);
  std::string svg = fmt::format("<g transform=\"translate({} {})\">\n", x, y);
  const auto text = [&svg](double at_x, double at_y, const char* anchor, const std::string& extra,
                           const std::string& words) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\"{}>{}</text>\n", at_x, at_y, anchor, extra,
                       EscapeXml(words));
  };
  text(kLeft, kTop - 10, "start", " font-weight=\"600\"", options.title);
  svg += fmt::format(
      "<image x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" preserveAspectRatio=\"none\" "
      "style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{3}\"/>\n"
      "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" fill=\"none\" stroke=\"#999\" stroke-width=\"0.7\"/>\n",
      kLeft, kTop, kSide, picture.png);
  const double cell = kSide / static_cast<double>(std::max<int64_t>(values.rows, 1));
  for (const auto& [at, label] : options.ticks) {
    const double along = cell * at;
    svg += fmt::format("<path d=\"M{:.1f} {:.1f}v4M{:.1f} {:.1f}h-4\" stroke=\"#999\"/>\n", kLeft + along, kTop + kSide,
                       kLeft, kTop + along);
    text(kLeft + along, kTop + kSide + 16, "middle", " font-size=\"11\"", label);
    text(kLeft - 7, kTop + along + 4, "end", " font-size=\"11\"", label);
  }
  text(kLeft + kSide / 2, kTop + kSide + 32, "middle", "", options.column_label);
  text(0, 0, "middle", fmt::format(" transform=\"translate({} {}) rotate(-90)\"", 14, kTop + kSide / 2),
       options.row_label);
  svg += ColourScale(kLeft + kSide + 12, kTop, kSide, picture.largest, options.scale_label);
  return svg + "</g>\n";
}

}  // namespace agront::plot
