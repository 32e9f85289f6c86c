// SPDX-License-Identifier: Apache-2.0
// Formats: proc(5); Linux Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
#include "base/free_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <string>

#include "base/control_groups.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

int64_t FreeOfMachine(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string key, unit;
  for (int64_t kilobytes = 0; file >> key >> kilobytes; std::getline(file, unit))
    if (key == "MemAvailable:") return kilobytes * 1024;
  return sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
}

/// Names of the files of one version of control groups.
struct Version {
  ControlGroups groups;
  std::initializer_list<const char*> limits;
  const char* usage;
  std::initializer_list<const char*> caches;  ///< keys of memory.stat
};

const Version kVersion1 = {{"cgroup", "memory"},
                           {"memory.limit_in_bytes"},
                           "memory.usage_in_bytes",
                           {"total_active_file", "total_inactive_file"}};
const Version kVersion2 = {
    kControlGroups2, {"memory.max", "memory.high"}, "memory.current", {"active_file", "inactive_file"}};

/// A number in a file; without one ("max", no such file) there is no limit.
int64_t ReadNumber(const fs::path& path) {
  std::ifstream file(path);
  int64_t number = 0;
  return file >> number ? number : kNoLimit;
}

int64_t FreeOfGroup(const fs::path& folder, const Version& version) {
  int64_t limit = kNoLimit;
  for (const char* name : version.limits) limit = std::min(limit, ReadNumber(folder / name));
  const int64_t usage = ReadNumber(folder / version.usage);
  if (limit == kNoLimit || usage == kNoLimit) return kNoLimit;
  int64_t cached = 0;
  std::ifstream file(folder / "memory.stat");
  std::string key;
  for (int64_t value = 0; file >> key >> value;)
    if (std::ranges::find(version.caches, key) != version.caches.end()) cached += value;
  return std::max<int64_t>(0, limit - std::max<int64_t>(0, usage - cached));
}

/// The least that the group or one above it leaves.
int64_t FreeOfGroups(const fs::path& root, const Version& version) {
  int64_t least = kNoLimit;
  for (const fs::path& folder : FoldersOf(version.groups, root)) least = std::min(least, FreeOfGroup(folder, version));
  return least;
}

}  // namespace

int64_t FreeMemory(const fs::path& root) {
  return std::min({FreeOfMachine(root), FreeOfGroups(root, kVersion1), FreeOfGroups(root, kVersion2)});
}

}  // namespace agront
