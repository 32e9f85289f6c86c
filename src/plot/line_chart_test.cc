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
    EXPECT_LT(std::stod(svg.substr(text + 9)) + 6.8 * static_cast<double>(curve.name.size()), 1040);
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

TEST(LineChart, SmoothsANoisyCurveBeforeItsDots) {
  Curve noisy{.name = "x", .x = {}, .y = {}, .is_noisy = true};
  for (int i = 0; i < 200; ++i) {
    noisy.x.push_back(i);
    noisy.y.push_back(i % 2);
  }
  const std::string svg = LineChart({noisy}, {"", "step", "loss"});
  EXPECT_EQ(Count(svg, "h0"), 200u);  // every value
  const size_t line = svg.find("stroke-width=\"2\"");
  const std::string path = svg.substr(svg.rfind("d=\"M", line), line - svg.rfind("d=\"M", line));
  double least = 1e9, most = 0;
  for (size_t at = path.find_first_of("ML"); at != std::string::npos; at = path.find_first_of("ML", at + 1)) {
    const double y = std::stod(path.substr(path.find(' ', at)));
    least = std::min(least, y);
    most = std::max(most, y);
  }
  EXPECT_LT(most - least, 0.25 * (320 - 44 - 44));  // the values take all of the height
  for (int i = 200; i < 5000; ++i) {
    noisy.x.push_back(i);
    noisy.y.push_back(i % 2);
  }
  EXPECT_LT(LineChart({noisy}, {}).size(), 60'000u);
}

TEST(LineChart, BeginsAtZeroWhereItShould) {
  const std::vector<Curve> curves = {{"accuracy", {0, 1}, {40, 60}}};
  const auto zeros = [&](bool from_zero) {
    return Count(LineChart(curves, {.title = "", .x_label = "", .y_label = "", .from_zero = from_zero}), ">0</text>");
  };
  EXPECT_EQ(zeros(true), zeros(false) + 1);  // one is of the other axis
}

TEST(LineChart, MarksAPlaceAndALevel) {
  const std::string svg = LineChart(
      {{"a", {0, 10}, {1, 2}}, {"b", {0, 5, 10}, {3, 2, 3}}},
      {.title = "", .x_label = "", .y_label = "", .levels = {{8.3, "guess<"}}, .mark = Mark{5, "kept: update 5 <", 1}});
  EXPECT_EQ(Count(svg, ">guess&lt;<"), 1u);
  EXPECT_EQ(Count(svg, ">kept: update 5 &lt;<"), 1u);
  EXPECT_EQ(Count(svg, "<circle"), 1u);
}

TEST(RunningMean, IsOfTheValuesThatAreThere) {
  EXPECT_EQ(RunningMean({1, 2, 6, NAN, 5}, 1), (std::vector<double>{1.5, 3, 4, 5.5, 5}));
  EXPECT_EQ(RunningMean({1, 3}, 100), (std::vector<double>{2, 2}));
  EXPECT_TRUE(RunningMean({}, 2).empty());
}

TEST(LineChart, TakesCurvesWithoutPoints) {
  EXPECT_NE(LineChart({{"a", {}, {}}}, {}).find("</svg>"), std::string::npos);
  EXPECT_EQ(Count(LineChart({{"a", {5}, {5}}}, {}), "<circle"), 1u);
  EXPECT_EQ(Count(LineChart({{"a", {5}, {NAN}}, {"b", {1, 2}, {5, 6}}}, {}), "<circle"), 0u);
  EXPECT_EQ(Count(LineChart({{"a", {5, 6, 7}, {NAN, 2, NAN}}}, {}), "<circle"), 1u);
}

/// Else the axis would show as much below zero as above it, of what cannot be negative.
TEST(LineChart, OfZerosAloneFromZeroShowsNothingBelowZero) {
  const std::string svg = LineChart({{.name = "accuracy", .x = {0, 1}, .y = {0, 0}}},
                                    {.title = "", .x_label = "", .y_label = "", .from_zero = true});
  EXPECT_EQ(svg.find(">-"), std::string::npos) << svg;
  EXPECT_NE(svg.find(">0.2</text>"), std::string::npos) << svg;
}

}  // namespace
}  // namespace agront::plot
