// SPDX-License-Identifier: Apache-2.0
#include "ops/op_times.h"

#include <gtest/gtest.h>

#include <thread>

namespace agront::ops {
namespace {

TEST(OpTimes, CountForTheThreadAndTheScopeThatAsked) {
  OpTotals outer{}, inner{}, other{};
  const auto run = [](double flops) { const OpTimer timer(OpKind::kProduct, flops); };
  run(1);  // nobody counts
  {
    const CountOps count(outer);
    run(2);
    {
      const CountOps count_apart(inner);
      run(4);
      std::thread([&] {
        run(8);
        const CountOps count_other(other);
        run(16);
      }).join();
    }
    run(32);
  }
  run(64);
  EXPECT_EQ(TotalOf(outer, OpKind::kProduct).flops, 34);
  EXPECT_EQ(TotalOf(inner, OpKind::kProduct).flops, 4);
  EXPECT_EQ(TotalOf(other, OpKind::kProduct).flops, 16);
  EXPECT_GT(TotalOf(outer, OpKind::kProduct).seconds, 0);
  EXPECT_EQ(TotalOf(outer, OpKind::kAttention).seconds, 0);
}

}  // namespace
}  // namespace agront::ops
