// SPDX-License-Identifier: Apache-2.0
#include "plot/axes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace agront::plot {
namespace {

using Triple = std::array<double, 3>;
using Mixing = std::array<Triple, 3>;

/// The linear light of a colour such as "#2f6fb0".
Triple LightOf(const std::string& colour) {
  Triple light{};
  for (size_t i = 0; i < 3; ++i)
    light[i] = std::pow(static_cast<double>(std::strtol(colour.substr(1 + 2 * i, 2).c_str(), nullptr, 16)) / 255, 2.2);
  return light;
}

Triple Mix(const Mixing& mixing, const Triple& light) {
  Triple mixed{};
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 3; ++j) mixed[i] += mixing[i][j] * light[j];
  return mixed;
}

/// CIE L*a*b*, in which equal distances look about equal.
Triple LabOf(Triple light) {
  constexpr Mixing kXyz = {{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}};
  constexpr Triple kWhite = {0.9505, 1, 1.089};
  for (double& channel : light) channel = std::clamp(channel, 0.0, 1.0);
  Triple root = Mix(kXyz, light);
  for (size_t i = 0; i < 3; ++i) {
    const double share = root[i] / kWhite[i];
    root[i] = share > 0.008856 ? std::cbrt(share) : 7.787 * share + 16.0 / 116;
  }
  return {116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])};
}

double Distance(const Triple& a, const Triple& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

TEST(Colours, AreToldApartByColourBlindPeople) {
  // Machado, Oliveira and Fernandes (2009), severity 1; the first are eyes that see all colours.
  const std::array<Mixing, 4> eyes = {
      Mixing{Triple{1, 0, 0}, Triple{0, 1, 0}, Triple{0, 0, 1}},
      Mixing{Triple{0.152286, 1.052583, -0.204868}, Triple{0.114503, 0.786281, 0.099216},
             Triple{-0.003882, -0.048116, 1.051998}},
      Mixing{Triple{0.367322, 0.860646, -0.227968}, Triple{0.280085, 0.672501, 0.047413},
             Triple{-0.011820, 0.042940, 0.968881}},
      Mixing{Triple{1.255528, -0.076749, -0.178779}, Triple{-0.078411, 0.930809, 0.147602},
             Triple{0.004733, 0.691367, 0.303900}}};
  constexpr double kToldApart = 10;
  constexpr size_t kAmongFew = 6;
  for (size_t of = 0; of < eyes.size(); ++of)
    for (size_t i = 0; i < kAmongFew; ++i)
      for (size_t j = 0; j < i; ++j) {
        const Triple one = LabOf(Mix(eyes[of], LightOf(ColourOf(i)))),
                     other = LabOf(Mix(eyes[of], LightOf(ColourOf(j))));
        EXPECT_GT(Distance(one, other), kToldApart) << of << ": " << ColourOf(i) << " and " << ColourOf(j);
      }
}

TEST(Colours, DoNotComeTwice) {
  std::set<std::string> colours;
  for (size_t i = 0; i < 100; ++i) colours.insert(ColourOf(i));
  EXPECT_EQ(colours.size(), 100U);
  EXPECT_EQ(DashesOf(5), "");
  EXPECT_NE(DashesOf(6), "");
}

TEST(Ticks, AreRoundNumbersInsideTheRange) {
  EXPECT_EQ(Ticks({-1, 1}, 4), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  EXPECT_EQ(Ticks({3, 38}, 5), (std::vector<double>{5, 10, 15, 20, 25, 30, 35}));
}

TEST(Ticks, EndWhateverTheRange) {
  constexpr double kMost = std::numeric_limits<double>::max();
  for (const double least : {1e17, -1e17, 1e300, 9007199254740992.0}) {  // where a step of 1 goes nowhere
    double most = least;
    for (int i = 0; i < 5; ++i) most = std::nextafter(most, kMost);
    const std::vector<double> ticks = Ticks({least, most}, 5);
    EXPECT_LE(ticks.size(), 11U) << least;
    EXPECT_EQ(std::ranges::adjacent_find(ticks, std::greater_equal()), ticks.end()) << least;
  }
  EXPECT_TRUE(Ticks({0, INFINITY}, 5).empty());
  EXPECT_TRUE(Ticks({-kMost, kMost}, 5).empty());
  EXPECT_TRUE(Ticks({2, 2}, 5).empty());
  const std::vector<Tick> of_logarithms = Log1pTicks({0, 1000});  // e to the power of 1000 is no number
  EXPECT_LT(of_logarithms.size(), 400U);
  EXPECT_EQ(of_logarithms.back().label, "1e+308");
}

TEST(Range, IsWidenedByWhatALargeNumberCanHold) {
  Range range;
  range.Add(1e17);
  range.Widen();
  EXPECT_LT(range.least, 1e17);
  EXPECT_GT(range.most, 1e17);
}

}  // namespace
}  // namespace agront::plot
