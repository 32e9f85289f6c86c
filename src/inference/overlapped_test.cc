// SPDX-License-Identifier: Apache-2.0
#include "inference/overlapped.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace agront::inference {
namespace {

struct Item {
  int read = 0;
  int computed = 0;
};

std::vector<int> Written(int count, int failing_read = -1, int failing_compute = -1, int failing_write = -1) {
  int next = 0;
  std::vector<int> written;
  RunOverlapped<Item>(
      [&](Item& item) {
        if (next == failing_read) throw std::runtime_error("read");
        item.read = next;
        return next++ < count;
      },
      [&](Item& item) {
        if (item.read == failing_compute) throw std::runtime_error("compute");
        item.computed = item.read * item.read;
      },
      [&](Item& item) {
        if (item.read == failing_write) throw std::runtime_error("write");
        written.push_back(item.computed);
      });
  return written;
}

TEST(RunOverlapped, KeepsTheOrder) {
  for (const int count : {0, 1, 2, 3, 4, 50}) {
    std::vector<int> expected;
    for (int i = 0; i < count; ++i) expected.push_back(i * i);
    EXPECT_EQ(Written(count), expected);
  }
}

TEST(RunOverlapped, ThrowsWhatAnyStageThrows) {
  EXPECT_THROW(Written(9, 0), std::runtime_error);
  EXPECT_THROW(Written(9, 5), std::runtime_error);
  EXPECT_THROW(Written(9, 9), std::runtime_error);
  EXPECT_THROW(Written(9, -1, 4), std::runtime_error);
  EXPECT_THROW(Written(9, -1, -1, 0), std::runtime_error);
  EXPECT_THROW(Written(9, -1, -1, 8), std::runtime_error);
}

/// Each stage waits until another one has got further: one after another they would wait for ever.
TEST(RunOverlapped, StagesWorkAtTheSameTime) {
  std::atomic<int> reads = 0;
  std::atomic<int> writes = 0;
  RunOverlapped<Item>(
      [&](Item& /*item*/) {
        const int before = reads++;
        reads.notify_all();
        return before < 3;
      },
      [&](Item& /*item*/) {
        for (int seen = reads; seen < 2; seen = reads) reads.wait(seen);
      },
      [&](Item& /*item*/) { ++writes; });
  EXPECT_EQ(writes, 3);
}

}  // namespace
}  // namespace agront::inference
