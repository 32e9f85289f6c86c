// SPDX-License-Identifier: Apache-2.0
// Formats: Linux Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst.
#include "base/usable_cores.h"

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <fstream>

#include "base/control_groups.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNoLimit = 1 << 30;

/// Cores' worth of `quota` microseconds in each period of so many; rounded up.
int64_t Cores(int64_t quota, int64_t period) {
  if (quota <= 0 || period <= 0) return kNoLimit;
  return std::min(quota / period + (quota % period > 0 ? 1 : 0), kNoLimit);
}

/// "max" or a quota, then the period.
int64_t CoresOfGroup2(const fs::path& folder) {
  std::ifstream file(folder / "cpu.max");
  int64_t quota = 0, period = 0;
  return file >> quota >> period ? Cores(quota, period) : kNoLimit;
}

/// A quota of -1 is no limit.
int64_t CoresOfGroup1(const fs::path& folder) {
  std::ifstream quota_file(folder / "cpu.cfs_quota_us"), period_file(folder / "cpu.cfs_period_us");
  int64_t quota = 0, period = 0;
  return quota_file >> quota && period_file >> period ? Cores(quota, period) : kNoLimit;
}

}  // namespace

int UsableCores() {
  static const int of_groups = CoresOfGroups();
  // OpenMP knows the affinity from before it bound the thread to a core.
  return std::max(std::min(omp_get_num_procs(), of_groups), 1);
}

int CoresOfGroups(const fs::path& root) {
  int64_t cores = kNoLimit;
  for (const fs::path& folder : FoldersOf(kControlGroups2, root)) cores = std::min(cores, CoresOfGroup2(folder));
  for (const fs::path& folder : FoldersOf({"cgroup", "cpu"}, root)) cores = std::min(cores, CoresOfGroup1(folder));
  return static_cast<int>(std::max<int64_t>(cores, 1));
}

}  // namespace agront
