// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace agront {
namespace {

/// More threads than this machine may have.
class ParallelTest : public testing::Test {
 protected:
  ParallelTest() { SetThreads(4); }
  ~ParallelTest() override { SetThreads(0); }
};

TEST_F(ParallelTest, CallsEachOnce) {
  std::vector<int> calls(1000);
  ParallelFor(1000, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
  EXPECT_EQ(calls, std::vector<int>(1000, 1));
  ParallelFor(0, [](int64_t /*i*/) { FAIL(); });
}

TEST_F(ParallelTest, ThrowsWhatTheLowestThrew) {
  for (int turn = 0; turn < 50; ++turn) {
    std::vector<int> calls(200);
    try {
      ParallelFor(200, [&](int64_t i) {
        ++calls[static_cast<size_t>(i)];
        if (i >= 17) throw std::runtime_error(std::to_string(i));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "17");
    }
    for (size_t i = 0; i <= 17; ++i) EXPECT_EQ(calls[i], 1) << i;
  }
}

TEST_F(ParallelTest, HandsOnThatMemoryIsShort) {
  EXPECT_THROW(ParallelFor(100, [](int64_t /*i*/) { throw std::bad_alloc(); }), std::bad_alloc);
  EXPECT_THROW(ParallelFor(1, [](int64_t /*i*/) { throw std::bad_alloc(); }), std::bad_alloc);
  int64_t calls = 0;
  ParallelFor(1, [&](int64_t /*i*/) { ++calls; });  // the next loop works
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace agront
