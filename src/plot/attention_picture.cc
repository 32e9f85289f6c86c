// SPDX-License-Identifier: Apache-2.0
#include "plot/attention_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "plot/axes.h"
#include "plot/heat_map.h"

namespace agront::plot {
namespace {

constexpr double kTicks = 5;

/// Round numbers of bases, each at the token that holds the base.
std::vector<HeatMapTick> BaseTicks(const std::vector<int64_t>& begins) {
  std::vector<HeatMapTick> ticks;
  const auto bases = std::span(begins).subspan(1);  // <cls> stands for none
  if (bases.empty()) return ticks;
  for (const double base : Ticks({static_cast<double>(bases.front()), static_cast<double>(bases.back())}, kTicks)) {
    const auto after = std::ranges::upper_bound(bases, static_cast<int64_t>(base));
    ticks.push_back({static_cast<double>(after - bases.begin()), fmt::format("{:g}", base)});
  }
  return ticks;
}

std::vector<HeatMapTick> TokenTicks(int64_t tokens) {
  std::vector<HeatMapTick> ticks;
  for (const double token : Ticks({0, static_cast<double>(tokens - 1)}, kTicks))
    ticks.push_back({token, fmt::format("{:g}", token)});
  return ticks;
}

}  // namespace

std::string AttentionPicture(const std::vector<TitledMap>& maps, const PictureTexts& texts) {
  const double width = kHeatMapWidth * static_cast<double>(maps.size());
  constexpr double kNote = 24;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      width, kHeatMapHeight + kNote);
  if (!texts.description.empty()) svg += fmt::format("<desc>{}</desc>\n", EscapeXml(texts.description));
  for (size_t i = 0; i < maps.size(); ++i) {
    const TitledMap& map = maps[i];
    const bool has_bases = !map.begins.empty();
    svg += HeatMap(map.values, kHeatMapWidth * static_cast<double>(i), 0,
                   {.title = map.title,
                    .row_label = has_bases ? "query (bp)" : "query token",
                    .column_label = has_bases ? "key (bp); <cls> is the first row and column" : "key token",
                    .ticks = has_bases ? BaseTicks(map.begins) : TokenTicks(map.values.rows),
                    .scale_label = "attention"});
  }
  if (!texts.note.empty())
    svg += fmt::format("<text x=\"72\" y=\"{}\" font-size=\"11\" fill=\"#666\">{}</text>\n", kHeatMapHeight + 12,
                       EscapeXml(texts.note));
  return svg + "</svg>\n";
}

}  // namespace agront::plot
