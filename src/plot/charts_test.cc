// SPDX-License-Identifier: Apache-2.0
// The charts of reports, each with what could break its SVG: names with <, numbers that are not finite, nothing at all.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "plot/count_matrix.h"
#include "plot/interval_chart.h"
#include "plot/scatter.h"
#include "plot/unit_chart.h"

namespace agront::plot {
namespace {

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

void ExpectSound(const std::string& svg) {
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_EQ(svg.find("a<b"), std::string::npos);
  EXPECT_EQ(Count(svg, "<svg"), 1U);
  EXPECT_EQ(Count(svg, "</svg>"), 1U);
}

TEST(UnitChart, KeepsBothEndsOfALongCurve) {
  UnitCurve curve = {.name = "a<b", .x = {}, .y = {}};
  for (int i = 0; i <= 100'000; ++i) {
    curve.x.push_back(i / 1e5);
    curve.y.push_back(std::sqrt(i / 1e5));
  }
  const std::string svg = UnitChart({curve, {"empty", {NAN}, {0.5}}}, {"ROC", "x", "y", true});
  ExpectSound(svg);
  EXPECT_LT(svg.size(), 20'000U);
  EXPECT_NE(svg.find("M56.0 320.0"), std::string::npos);
  EXPECT_NE(svg.find("L346.0 30.0"), std::string::npos);
}

TEST(UnitChart, TellsHowManyEachMarkIsOf) {
  const UnitCurve curve = {
      .name = "a<b", .x = {0.1, NAN, 0.5, 0.9}, .y = {0.1, 0.2, 0.4, 1}, .counts = {400, 7, 100, 1}};
  const std::string svg = UnitChart({curve, {"no marks", {0.5}, {0.5}}}, {"Calibration", "x", "y", true, "a<b"});
  ExpectSound(svg);
  EXPECT_EQ(Count(svg, "<circle"), 3U);
  EXPECT_EQ(Count(svg, "<title>a&lt;b: 400 a&lt;b at 0.100, 0.100</title>"), 1U);
  const auto radius_of = [&](const std::string& count) {
    return std::stod(svg.substr(svg.rfind(" r=\"", svg.find(": " + count + " ")) + 4));
  };
  EXPECT_NEAR(radius_of("400") / radius_of("100"), 2, 0.05);  // areas are as the counts
  EXPECT_GE(radius_of("1"), 1.5);                             // seen all the same
}

TEST(Scatter, DrawsPointsOrTheirDensity) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (const size_t size : {0U, 1U, 2000U, 2001U, 50'000U}) {
    std::vector<double> x, y;
    for (size_t i = 0; i < size; ++i) {
      x.push_back(normal(random));
      y.push_back(x.back() + normal(random));
    }
    x.push_back(NAN);
    y.push_back(1e9);
    const std::string svg = Scatter(x, y, {"a<b", "observed", "predicted"});
    ExpectSound(svg);
    EXPECT_EQ(Count(svg, "<circle"), size > 2000 ? 0 : size);
    if (size <= 2000) continue;
    size_t drawn = 0;
    for (size_t at = svg.find("<title>"); at != std::string::npos; at = svg.find("<title>", at + 1))
      drawn += std::stoul(svg.substr(at + 7));
    EXPECT_EQ(drawn, size);  // every pair is in one hexagon
  }
}

TEST(Scatter, HasTheNumbersThemselvesOnLogarithmicAxes) {
  // From -0.9, where the logarithm is -2.3, to 1500, where it is 7.3; what is at or below -1 has no place.
  const std::vector<double> x = {0, 10, 1500, -0.9, -1}, y = {0, 10, 1500, -0.9, 5};
  const std::string svg = Scatter(x, y, {"FPKM", "observed", "predicted", Scale::kLog1p});
  ExpectSound(svg);
  EXPECT_EQ(Count(svg, "<circle"), 4U);
  for (const char* label : {">0<", ">1<", ">10<", ">100<", ">1000<"}) EXPECT_EQ(Count(svg, label), 2U) << label;
  EXPECT_EQ(Count(svg, ">10000<"), 0U);
  const auto place_of = [&](const std::string& label) {
    const size_t at = svg.rfind("x=\"", svg.rfind(">" + label + "<"));  // the last is of the x axis
    return std::stod(svg.substr(at + 3));
  };
  EXPECT_NEAR((place_of("10") - place_of("0")) / (place_of("1000") - place_of("0")), std::log(11) / std::log(1001),
              0.01);
}

TEST(Scatter, HasSeveralTicksForSmallNumbersOnLogarithmicAxes) {
  const std::vector<double> values = {0, 0.4, 2.2};
  const std::string svg = Scatter(values, values, {"FPKM", "observed", "predicted", Scale::kLog1p});
  for (const char* label : {">0<", ">0.5<", ">1<", ">2<"}) EXPECT_EQ(Count(svg, label), 2U) << label;
}

TEST(CountMatrix, ShowsEveryCount) {
  const std::string svg = CountMatrix({"a<b", "c"}, {31, 0, 17, 5}, {"Confusion", "true", "predicted"});
  ExpectSound(svg);
  EXPECT_EQ(Count(svg, "<rect"), 4U);
  EXPECT_NE(svg.find(">31<"), std::string::npos);
  EXPECT_NE(svg.find("77.3 %"), std::string::npos);
  ExpectSound(CountMatrix({}, {}, {"", "", ""}));
}

TEST(IntervalChart, LeavesOutWhatIsNotDefined) {
  const std::string svg = IntervalChart({{"a<b", {{0.5, 0.4, 0.6}, {0.3, NAN, NAN}}}, {"x", {{NAN, NAN, NAN}}}},
                                        {"Scores", "score", {"model", "k-mers"}, -1, NAN});
  ExpectSound(svg);
  EXPECT_EQ(svg.find("chance"), std::string::npos);
  EXPECT_EQ(Count(svg, "<circle"), 2U);  // model and baseline alike
  EXPECT_EQ(Count(svg, ">0.500<") + Count(svg, ">0.300<"), 2U);
  ExpectSound(IntervalChart({}, {"", "", {}, -1, NAN}));
}

TEST(CountMatrix, ShortensLongNamesBetweenLetters) {
  const std::string long_name = "Blätter von Bäumen, Sträuchern und Gräsern";
  for (size_t first = 0; first < 6; ++first) {
    const std::string svg = CountMatrix({long_name.substr(first), "c"}, {1, 2, 3, 4}, {"", "", ""});
    const size_t end = svg.find("…");
    ASSERT_NE(end, std::string::npos);
    EXPECT_LT(static_cast<unsigned char>(svg[end - 1]) & 0xC0, 0xC0) << "no first byte without its second";
  }
}

TEST(IntervalChart, ShortensNamesThatHaveNoRoom) {
  const std::vector<IntervalRow> rows = {{std::string(100, 'n'), {{0.7, 0.6, 0.8}}}};
  const std::string svg = IntervalChart(rows, {"", "", {"model"}, -1, NAN});
  const size_t name = svg.find("nnn");
  EXPECT_EQ(svg.find("…", name) - name, 56U);
  const size_t at = svg.rfind("x=\"", name);
  EXPECT_GE(std::stod(svg.substr(at + 3)), 56 * 6.6);
}

TEST(IntervalChart, HasALineWhereChanceIs) {
  const std::vector<IntervalRow> rows = {{"leaf", {{0.7, 0.6, 0.8}}}};
  const std::string svg = IntervalChart(rows, {"AUROC", "AUROC", {"model"}, -1, 0.5});
  ExpectSound(svg);
  EXPECT_EQ(Count(svg, "stroke-dasharray"), 1U);
  EXPECT_EQ(Count(svg, ">chance<"), 1U);
}

}  // namespace
}  // namespace agront::plot
