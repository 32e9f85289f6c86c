// SPDX-License-Identifier: Apache-2.0
#include "ops/adamw/adamw.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/adamw/adamw_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct State {
  std::vector<float> values, first_moments, second_moments;

  explicit State(size_t count) : values(RandomValues(count, 1, 0.02f)), first_moments(count), second_moments(count) {}
  void Update(const std::vector<float>& gradients, const AdamWSettings& settings, const AdamWStep& step) {
    AdamWUpdate({values, gradients, first_moments, second_moments}, settings, step);
  }
};

class AdamWSweep : public testing::TestWithParam<size_t> {};

TEST_P(AdamWSweep, EqualsFloat64) {
  const size_t count = GetParam();
  const AdamWSettings settings{.weight_decay = 0.1};
  State state(count);
  const auto start = Doubles(state.values);
  AdamWReferenceState want{start, std::vector<double>(count), std::vector<double>(count)};
  for (int64_t t = 1; t <= 5; ++t) {
    const auto gradients = RandomValues(count, static_cast<uint64_t>(10 + t), 1e-3f);
    const AdamWStep step{.number = t, .rate = 1e-2, .gradient_scale = 0.25};
    state.Update(gradients, settings, step);
    AdamWReference(Doubles(gradients), settings, step, want);
  }
  EXPECT_LT(RelativeError(state.first_moments, want.first_moments), 8 * kEpsilon);
  EXPECT_LT(RelativeError(state.second_moments, want.second_moments), 16 * kEpsilon);
  // Updates are of the size of the values, and carry the roundings of both moments.
  EXPECT_LT(RelativeError(state.values, want.values), 64 * kEpsilon);
}

INSTANTIATE_TEST_SUITE_P(Sizes, AdamWSweep, testing::Values(1, 7, 8, 9, 31, 33, 65535, 65536, 65537, 200001));

TEST(AdamW, DoesNotDependOnThreads) {
  const auto gradients = RandomValues(300000, 3);
  State one(300000), three(300000);
  SetThreads(1);
  one.Update(gradients, {}, {.rate = 1e-3});
  const double one_sum = SumOfSquares(gradients);
  SetThreads(3);
  three.Update(gradients, {}, {.rate = 1e-3});
  EXPECT_EQ(SumOfSquares(gradients), one_sum);
  SetThreads(0);
  EXPECT_EQ(one.values, three.values);
}

TEST(AdamW, RefusesSizesThatDoNotFit) {
  State state(8);
  EXPECT_THROW(state.Update(std::vector<float>(7), {}, {}), Error);
}

TEST(SumOfSquares, EqualsFloat64AndSeesWhatIsNotFinite) {
  auto values = RandomValues(70001, 5, 100.0f);
  double want = 0;
  for (const float value : values) want += static_cast<double>(value) * static_cast<double>(value);
  EXPECT_NEAR(SumOfSquares(values) / want, 1, 1e-13);
  values[70000] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(std::isfinite(SumOfSquares(values)));
  values[70000] = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(std::isfinite(SumOfSquares(values)));
}

}  // namespace
}  // namespace agront::ops
