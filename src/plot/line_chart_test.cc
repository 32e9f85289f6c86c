// SPDX-License-Identifier: Apache-2.0
#include "plot/line_chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

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

TEST(LineChart, HasTheNamesOfManyCurvesInRows) {
  std::vector<Curve> curves;
  for (int i = 10; i < 30; ++i) curves.push_back({"Arabidopsis thaliana " + std::to_string(i), {0, 1}, {5, 6}});
  const std::string svg = LineChart(curves, {"", "step", "nats"});
  double lowest = 0;
  for (const Curve& curve : curves) {
    const size_t text = svg.rfind("<text x=\"", svg.find(">" + curve.name + "<"));
    EXPECT_LT(std::stod(svg.substr(text + 9)) + 6.8 * static_cast<double>(curve.name.size()), 720);
    lowest = std::max(lowest, std::stod(svg.substr(svg.find("y=\"", text) + 3)));
  }
  const size_t upper_end = svg.find(' ', svg.find('L', svg.find("<path d=\"M")));
  EXPECT_GT(std::stod(svg.substr(upper_end)), lowest);
}

TEST(LineChart, HasItsNameBesideLongNumbers) {
  const std::string svg = LineChart({{"learning rate", {0, 1}, {0.00005, 0.00025}}}, {"", "step", "rate"});
  const size_t number = svg.rfind("<text x=\"", svg.find(">0.00015<"));
  const size_t name = svg.rfind("<text x=\"", svg.find(">rate<"));
  const double start_of_number = std::stod(svg.substr(number + 9)) - 6.6 * 7;
  EXPECT_LT(std::stod(svg.substr(name + 9)) + 3, start_of_number);  // turned: below its baseline are 3 units
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
  EXPECT_EQ(Count(LineChart({{"a", {5, 6, 7}, {NAN, 2, NAN}}}, {}), "<circle"), 1u);
}

}  // namespace
}  // namespace agront::plot
