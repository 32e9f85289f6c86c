// SPDX-License-Identifier: Apache-2.0
#include "base/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

namespace agront {
namespace {

std::vector<uint64_t> Order(uint64_t count, uint32_t seed) {
  std::vector<uint64_t> order;
  for (uint64_t i = 0; i < count; ++i) order.push_back(Permuted(i, count, {{seed, 0}, {0, 0, 1, 0}}));
  return order;
}

TEST(Permutation, HasEachNumberOnce) {
  for (const uint64_t count : {1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1000, 4097}) {
    std::vector<int> seen(count);
    for (const uint64_t number : Order(count, 1)) ++seen.at(number);
    for (const int times : seen) EXPECT_EQ(times, 1) << count;
  }
}

TEST(Permutation, EveryNumberComesToEveryPlace) {
  constexpr uint64_t kCount = 6;
  constexpr int kOrders = 20'000;
  std::map<std::pair<uint64_t, uint64_t>, int> seen;
  for (int seed = 0; seed < kOrders; ++seed) {
    const auto order = Order(kCount, static_cast<uint32_t>(seed));
    for (uint64_t place = 0; place < kCount; ++place) ++seen[{place, order[place]}];
  }
  const double share = 1.0 / kCount;
  const double deviation = std::sqrt(kOrders * share * (1 - share));
  EXPECT_EQ(seen.size(), kCount * kCount);
  for (const auto& [pair, times] : seen) EXPECT_NEAR(times, kOrders * share, 5 * deviation);
}

TEST(Permutation, LargeOrdersStayBelowTheCount) {
  constexpr uint64_t kCount = 100'000'000'000;
  double mean = 0;
  constexpr int kDraws = 1000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const uint64_t number = Permuted(i, kCount, {{3, 0}, {0, 5, 1, 9}});
    ASSERT_LT(number, kCount);
    mean += static_cast<double>(number) / kCount / kDraws;
  }
  EXPECT_NEAR(mean, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
}

}  // namespace
}  // namespace agront
