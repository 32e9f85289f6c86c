// SPDX-License-Identifier: Apache-2.0
#include "base/free_memory.h"

#include <gtest/gtest.h>

#include <string>

#include "base/test_folder.h"

namespace agront {
namespace {

/// A machine with 1,000 kB to be had, and control groups as a test writes them.
class FreeMemoryTest : public testing::Test {
 protected:
  FreeMemoryTest() {
    Write("proc/meminfo", "MemTotal:        4000 kB\nMemFree:          500 kB\nMemAvailable:    1000 kB\n");
  }

  void Write(const std::string& path, const std::string& text) const { root_.Write(path, text); }
  void WriteGroup2(const std::string& group, const char* max, const char* high, const char* current) const {
    const std::string folder = "sys/fs/cgroup" + group;
    Write(folder + "/memory.max", max);
    Write(folder + "/memory.high", high);
    Write(folder + "/memory.current", current);
    Write(folder + "/memory.stat", "anon 5\nfile 777\nactive_file 20000\ninactive_file 30000\n");
  }

  const TestFolder root_;
};

constexpr char kMount2[] = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_F(FreeMemoryTest, IsTheMachinesWithoutGroups) {
  EXPECT_EQ(FreeMemory(root_.path()), 1000 * 1024);
  Write("proc/self/cgroup", "0::/user/a\n");
  Write("proc/self/mountinfo", kMount2);
  EXPECT_EQ(FreeMemory(root_.path()), 1000 * 1024);
  WriteGroup2("/user/a", "max\n", "max\n", "100000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 1000 * 1024);
  WriteGroup2("/user/a", "900000000000\n", "max\n", "100000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 1000 * 1024);
}

TEST_F(FreeMemoryTest, IsWhatTheNarrowestGroupLeaves) {
  Write("proc/self/cgroup", "0::/user/a\n");
  Write("proc/self/mountinfo", kMount2);
  WriteGroup2("/user/a", "600000\n", "max\n", "250000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 600'000 - (250'000 - 50'000));
  WriteGroup2("/user/a", "600000\n", "500000\n", "250000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 500'000 - (250'000 - 50'000));
  WriteGroup2("/user", "300000\n", "max\n", "290000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 300'000 - (290'000 - 50'000));
  WriteGroup2("", "200000\n", "max\n", "300000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 0);
}

TEST_F(FreeMemoryTest, KnowsTheFirstVersion) {
  Write("proc/self/cgroup", "5:cpuset,cpu:/elsewhere\n4:memory:/docker/b/job\n0::/\n");
  Write("proc/self/mountinfo", std::string("32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n") +
                                   "35 31 0:32 /docker/b /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
                                   kMount2);
  const auto write = [&](const std::string& folder, const char* limit) {
    Write("sys/fs/cgroup/memory" + folder + "/memory.limit_in_bytes", limit);
    Write("sys/fs/cgroup/memory" + folder + "/memory.usage_in_bytes", "250000\n");
    Write("sys/fs/cgroup/memory" + folder + "/memory.stat",
          "cache 9\ntotal_active_file 0\ntotal_inactive_file 10000\n");
  };
  write("/job", "9223372036854771712\n");
  write("", "400000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 400'000 - 240'000);
  write("/job", "300000\n");
  EXPECT_EQ(FreeMemory(root_.path()), 300'000 - 240'000);
  // The process gets another path than the one that is mounted here.
  Write("proc/self/cgroup", "4:memory:/../other\n");
  EXPECT_EQ(FreeMemory(root_.path()), 400'000 - 240'000);
}

TEST_F(FreeMemoryTest, OfThisMachineIsPositive) { EXPECT_GT(FreeMemory(), 0); }

}  // namespace
}  // namespace agront
