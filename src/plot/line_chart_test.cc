// SPDX-License-Identifier: Apache-2.0
#include "plot/line_chart.h"

#include <gtest/gtest.h>

#include <cmath>

namespace agront::plot {
namespace {

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(LineChart, DrawsEveryPointOfAShortCurve) {
  const std::string svg = LineChart({{"loss", {0, 1, 2, 3}, {8, 7, NAN, 6}}}, {"Loss <1>", "step", "nats"});
  EXPECT_EQ(Count(svg, "M"), 1u);
  EXPECT_EQ(Count(svg, "L"), 2u + 1);  // and the title's
  EXPECT_NE(svg.find("Loss &lt;1&gt;"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(LineChart, AveragesALongCurve) {
  Curve curve{.name = "x", .x = {}, .y = {}};
  for (int i = 0; i < 100'000; ++i) {
    curve.x.push_back(i);
    curve.y.push_back(i % 2);
  }
  EXPECT_LT(LineChart({curve}, {}).size(), 40'000u);
}

TEST(LineChart, TakesCurvesWithoutPoints) {
  EXPECT_NE(LineChart({{"a", {}, {}}}, {}).find("</svg>"), std::string::npos);
  EXPECT_EQ(Count(LineChart({{"a", {5}, {5}}}, {}), "<circle"), 1u);
  EXPECT_EQ(Count(LineChart({{"a", {5}, {NAN}}, {"b", {1, 2}, {5, 6}}}, {}), "<circle"), 0u);
}

}  // namespace
}  // namespace agront::plot
