// SPDX-License-Identifier: Apache-2.0
#include "inference/overlapped.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

namespace agront::inference {
namespace {

struct Item {
  int read = 0;
  int computed = 0;
};

std::vector<int> Written(int count, int failing_read = -1, int failing_compute = -1, int failing_write = -1) {
  const auto next = std::make_shared<int>(0);  // reading may outlive an error
  std::vector<int> written;
  RunOverlapped<Item>(
      [=](Item& item) {
        if (*next == failing_read) throw std::runtime_error("read");
        item.read = *next;
        return (*next)++ < count;
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

/// What is being read then may be a pipe into which nothing comes.
TEST(RunOverlapped, AnErrorDoesNotWaitForWhatIsBeingRead) {
  for (const bool fails_in_write : {false, true}) {
    const auto is_let_go = std::make_shared<std::promise<void>>();
    const std::shared_future<void> let_go = is_let_go->get_future();
    const auto reads = std::make_shared<std::atomic<int>>(0);
    const auto fail_if = [](bool fails) {
      if (fails) throw std::runtime_error("an error");
    };
    EXPECT_THROW(
        RunOverlapped<Item>(
            [let_go, reads](Item& /*item*/) {
              if ((*reads)++ > 0) let_go.wait();
              return true;
            },
            [&](Item& /*item*/) { fail_if(!fails_in_write); }, [&](Item& /*item*/) { fail_if(fails_in_write); }),
        std::runtime_error);
    is_let_go->set_value();
  }
}

}  // namespace
}  // namespace agront::inference
