// SPDX-License-Identifier: Apache-2.0
#include "genome/feature_window.h"

#include <gtest/gtest.h>

#include "agront/error.h"

namespace agront::genome {
namespace {

std::string Place(const std::string& window, int64_t start, int64_t end, bool reverse) {
  const Region region = WindowOf({"g", "chr1", start, end, reverse}, ParseFeatureWindow(window));
  EXPECT_EQ(region.reverse, reverse);
  return std::to_string(region.start) + "-" + std::to_string(region.end);
}

TEST(FeatureWindow, IsMeasuredAlongTheStrand) {
  EXPECT_EQ(Place("feature", 1000, 2000, false), "1000-2000");
  EXPECT_EQ(Place("feature-10+3", 1000, 2000, false), "990-2003");
  EXPECT_EQ(Place("feature-10+3", 1000, 2000, true), "997-2010");
  EXPECT_EQ(Place("start-165+5", 1000, 2000, false), "835-1005");
  EXPECT_EQ(Place("start-165+5", 1000, 2000, true), "1995-2165");
  EXPECT_EQ(Place("end-150+20", 1000, 2000, false), "1850-2020");
  EXPECT_EQ(Place("end-150+20", 1000, 2000, true), "980-1150");
  EXPECT_EQ(Place("centre-4+2", 1000, 1001, false), "996-1002");
  EXPECT_EQ(Place("centre-4+2", 1000, 1003, true), "999-1005");
}

TEST(FeatureWindow, KnowsTheRecipes) {
  EXPECT_EQ(Place("promoter", 1000, 2000, true), Place("start-165+5", 1000, 2000, true));
  EXPECT_EQ(Place("terminator", 1000, 2000, true), Place("end-150+20", 1000, 2000, true));
  EXPECT_EQ(Place("expression", 9000, 12000, false), "4000-10000");
}

TEST(FeatureWindow, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {"", "start", "start-5", "start+5-5", "start-5+5x", "middle-1+1", "start-0+0", "start--5+5",
                           "start-1e9+5", "start-999999999999999999999+5", "promoter-1+1"})
    EXPECT_THROW(ParseFeatureWindow(text), UsageError) << text;
}

TEST(FeatureWindow, SaysOfALongTextHowItBegins) {
  constexpr size_t kMost = 400;
  for (const std::string& text : {std::string(5000, 'x'), "start-" + std::string(5000, '0') + "+0"}) {
    try {
      ParseFeatureWindow(text);
      ADD_FAILURE() << "expected an error";
    } catch (const UsageError& error) {
      EXPECT_LT(std::string(error.what()).size(), kMost);
    }
  }
}

}  // namespace
}  // namespace agront::genome
