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

std::string Image(tensor::ConstMatrixView values) {
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
  return EncodePngBase64(pixels, width, height);
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
  constexpr double kLeft = 44;
  constexpr double kTop = 28;
  constexpr double kSide = 380;
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
      kLeft, kTop, kSide, Image(values));
  text(kLeft, kTop + kSide + 16, "start", "", options.first_tick);
  text(kLeft + kSide, kTop + kSide + 16, "end", "", options.last_tick);
  text(kLeft + kSide / 2, kTop + kSide + 16, "middle", "", options.column_label);
  text(0, 0, "middle", fmt::format(" transform=\"translate({} {}) rotate(-90)\"", kLeft - 12, kTop + kSide / 2),
       options.row_label);
  return svg + "</g>\n";
}

}  // namespace agront::plot
