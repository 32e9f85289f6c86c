// SPDX-License-Identifier: Apache-2.0
#include "training/learning_rate.h"

#include <gtest/gtest.h>

namespace agront::training {
namespace {

TEST(LearningRate, IsThePublishedOneByDefault) {
  const LearningRate rate;
  EXPECT_NEAR(rate.At(1), 5e-5, 1e-9);
  EXPECT_DOUBLE_EQ(rate.At(32'000), 7.5e-5);
  EXPECT_DOUBLE_EQ(rate.At(64'000), 1e-4);
  EXPECT_NEAR(rate.At(315'000), 4.5e-5, 1e-6);  // the square root of 64/315 of the peak
}

TEST(LearningRate, DecaysToItsEnd) {
  LearningRate rate{.start = 0, .peak = 1, .warmup = 10, .decay = Decay::kLinear, .final = 0.2, .total = 110};
  EXPECT_DOUBLE_EQ(rate.At(5), 0.5);
  EXPECT_DOUBLE_EQ(rate.At(60), 0.6);
  EXPECT_DOUBLE_EQ(rate.At(110), 0.2);
  EXPECT_DOUBLE_EQ(rate.At(500), 0.2);
  rate.decay = Decay::kCosine;
  EXPECT_DOUBLE_EQ(rate.At(60), 0.6);
  EXPECT_GT(rate.At(20), 0.95);
  EXPECT_NEAR(rate.At(110), 0.2, 1e-12);
  rate.decay = Decay::kNone;
  EXPECT_DOUBLE_EQ(rate.At(500), 1);
}

TEST(LearningRate, NeedsNoWarmUp) {
  const LearningRate rate{.peak = 1, .warmup = 0};
  EXPECT_DOUBLE_EQ(rate.At(1), 1);
  EXPECT_DOUBLE_EQ(rate.At(4), 0.5);
}

TEST(LearningRate, NamesDecaysAsRecordsDo) {
  EXPECT_EQ(Name(Decay::kNone), "none");
  EXPECT_EQ(Name(Decay::kSquareRoot), "sqrt");
  EXPECT_EQ(Name(Decay::kCosine), "cosine");
  EXPECT_EQ(Name(Decay::kLinear), "linear");
}

}  // namespace
}  // namespace agront::training
