// SPDX-License-Identifier: Apache-2.0
#include "plot/attention_picture.h"

#include <fmt/format.h>

#include "plot/heat_map.h"

namespace agront::plot {

std::string AttentionPicture(const std::vector<TitledMap>& maps, const PictureTexts& texts) {
  const double width = kHeatMapWidth * static_cast<double>(maps.size());
  constexpr double kNote = 24;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      width, kHeatMapHeight + kNote);
  if (!texts.description.empty()) svg += fmt::format("<desc>{}</desc>\n", EscapeXml(texts.description));
  for (size_t i = 0; i < maps.size(); ++i)
    svg += HeatMap(maps[i].values, kHeatMapWidth * static_cast<double>(i), 0,
                   {.title = maps[i].title,
                    .row_label = "query token",
                    .column_label = "key token",
                    .first_tick = "<cls>",
                    .last_tick = std::to_string(maps[i].values.rows - 1)});
  if (!texts.note.empty())
    svg += fmt::format("<text x=\"44\" y=\"{}\" font-size=\"10\" fill=\"#666\">{}</text>\n", kHeatMapHeight + 8,
                       EscapeXml(texts.note));
  return svg + "</svg>\n";
}

}  // namespace agront::plot
