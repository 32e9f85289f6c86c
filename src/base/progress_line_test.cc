// SPDX-License-Identifier: Apache-2.0
#include "base/progress_line.h"

#include <gtest/gtest.h>

namespace agront {
namespace {

TEST(ProgressLine, SaysShareRateAndTimeLeft) {
  const ProgressState state{.label = "embedding", .unit = "tokens", .done = 12'000, .fraction = 0.25, .seconds = 20};
  EXPECT_EQ(ProgressLine(state, false), "embedding  25 %  12 k tokens  600 tokens/s  0:20  1:00 left");
  EXPECT_TRUE(ProgressLine(state, true).starts_with("embedding [=======                       ]  25 %"));
}

TEST(ProgressLine, HasNoShareAboveTheWhole) {
  const ProgressState state{.label = "a", .unit = "b", .done = 10, .fraction = 1.04, .seconds = 5};
  EXPECT_EQ(ProgressLine(state, false), "a 100 %  10 b  2 b/s  0:05");
  EXPECT_EQ(ProgressLine(state, true), "a [" + std::string(30, '=') + "] 100 %  10 b  2 b/s  0:05");
}

TEST(ProgressLine, HasNoRateOfNothing) {
  const ProgressState went_on{.label = "pretraining",
                              .unit = "tokens",
                              .done = 5000,
                              .fraction = 0.5,
                              .done_before = 5000,
                              .fraction_before = 0.5,
                              .seconds = 40};
  EXPECT_EQ(ProgressLine(went_on, false), "pretraining  50 %  5 k tokens  0:40");
  const ProgressState slow{.label = "a", .unit = "windows", .done = 2, .fraction = -1, .seconds = 50};
  EXPECT_EQ(ProgressLine(slow, false), "a 2 windows  0.04 windows/s  0:50");
}

}  // namespace
}  // namespace agront
