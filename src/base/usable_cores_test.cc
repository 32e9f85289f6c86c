// SPDX-License-Identifier: Apache-2.0
#include "base/usable_cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <string>

#include "base/test_folder.h"

namespace agront {
namespace {

constexpr int kNoLimit = 1 << 30;

/// A machine with control groups as a test writes them.
class CoresOfGroupsTest : public testing::Test {
 protected:
  void WriteGroup2(const std::string& group, const std::string& max) const {
    root_.Write("proc/self/cgroup", "0::/user/a\n");
    root_.Write("proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    root_.Write("sys/fs/cgroup" + group + "/cpu.max", max);
  }
  int Cores() const { return CoresOfGroups(root_.path()); }

  const TestFolder root_;
};

TEST_F(CoresOfGroupsTest, HaveNoLimitWithoutOne) {
  EXPECT_EQ(Cores(), kNoLimit);
  WriteGroup2("/user/a", "max 100000\n");
  EXPECT_EQ(Cores(), kNoLimit);
  WriteGroup2("/user/a", "9223372036854775807 1\n");
  EXPECT_EQ(Cores(), kNoLimit);
  for (const char* text : {"", "0 100000", "200000 0", "-5 10", "abc", "200000"}) {
    WriteGroup2("/user/a", text);
    EXPECT_EQ(Cores(), kNoLimit) << text;
  }
}

TEST_F(CoresOfGroupsTest, AreFewerInANarrowGroup) {
  WriteGroup2("/user/a", "100000 100000\n");
  EXPECT_EQ(Cores(), 1);
  WriteGroup2("/user/a", "1000 100000\n");
  EXPECT_EQ(Cores(), 1);
  WriteGroup2("/user/a", "150000 100000\n");
  EXPECT_EQ(Cores(), 2);
  WriteGroup2("/user", "50000 50000\n");
  EXPECT_EQ(Cores(), 1);
}

TEST_F(CoresOfGroupsTest, KnowTheFirstVersion) {
  root_.Write("proc/self/cgroup", "5:cpu,cpuacct:/docker/b\n4:memory:/elsewhere\n0::/\n");
  root_.Write("proc/self/mountinfo", "32 31 0:29 /docker/b /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
  root_.Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  root_.Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(Cores(), kNoLimit);
  root_.Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "90000\n");
  EXPECT_EQ(Cores(), 1);
}

TEST(UsableCores, AreThoseOfTheAffinity) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(UsableCores(), std::min(CPU_COUNT(&before), CoresOfGroups()));
#ifdef __clang__
  GTEST_SKIP() << "clang's OpenMP reads the affinity once, as it starts: compared above; a later change is not seen";
#endif
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int core = 0; CPU_COUNT(&one) == 0; ++core)
    if (CPU_ISSET(core, &before)) CPU_SET(core, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(UsableCores(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace agront
