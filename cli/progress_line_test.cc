// SPDX-License-Identifier: Apache-2.0
#include "progress_line.h"

#include <gtest/gtest.h>

namespace agront::cli {
namespace {

TEST(ProgressLine, SaysShareRateAndTimeLeft) {
  const ProgressReport progress{.label = "embedding", .unit = "tokens", .done = 12'000, .fraction = 0.25};
  EXPECT_EQ(ProgressLine(progress, 20, false), "embedding  25 %  12 k tokens  600 tokens/s  0:20  1:00 left");
  EXPECT_TRUE(ProgressLine(progress, 20, true).starts_with("embedding [=======                       ]  25 %"));
}

TEST(ProgressLine, HasNoShareAboveTheWhole) {
  const ProgressReport progress{.label = "a", .unit = "b", .done = 10, .fraction = 1.04};
  EXPECT_EQ(ProgressLine(progress, 5, false), "a 100 %  10 b  2 b/s  0:05");
  EXPECT_EQ(ProgressLine(progress, 5, true), "a [" + std::string(30, '=') + "] 100 %  10 b  2 b/s  0:05");
}

TEST(ProgressLine, HasNoRateOfNothing) {
  const ProgressReport went_on{.label = "pretraining",
                               .unit = "tokens",
                               .done = 5000,
                               .fraction = 0.5,
                               .done_before = 5000,
                               .fraction_before = 0.5};
  EXPECT_EQ(ProgressLine(went_on, 40, false), "pretraining  50 %  5 k tokens  0:40");
  const ProgressReport slow{.label = "a", .unit = "windows", .done = 2, .fraction = -1};
  EXPECT_EQ(ProgressLine(slow, 50, false), "a 2 windows  0.04 windows/s  0:50");
}

TEST(ProgressLine, HasBytesAsPeopleWriteThem) {
  const ProgressReport progress{.label = "fetching x", .unit = "B", .done = 1'500'000'000, .fraction = 0.5};
  EXPECT_EQ(ProgressLine(progress, 100, false), "fetching x  50 %  1.5 GB  15 MB/s  1:40  1:40 left");
  const ProgressReport few{.label = "fetching x", .unit = "B", .done = 15, .fraction = 0.5};
  EXPECT_EQ(ProgressLine(few, 1, false), "fetching x  50 %  15 B  15 B/s  0:01  0:01 left");
}

}  // namespace
}  // namespace agront::cli
