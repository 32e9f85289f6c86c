// SPDX-License-Identifier: Apache-2.0
// Formats: proc(5), cgroups(7); Linux Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
#include "base/free_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

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
  const char* file_system;
  const char* controller;  ///< in /proc/self/cgroup; of v2 there is but one group, and no name
  std::initializer_list<const char*> limits;
  const char* usage;
  std::initializer_list<const char*> caches;  ///< keys of memory.stat
};

const Version kVersion1 = {"cgroup",
                           "memory",
                           {"memory.limit_in_bytes"},
                           "memory.usage_in_bytes",
                           {"total_active_file", "total_inactive_file"}};
const Version kVersion2 = {
    "cgroup2", "", {"memory.max", "memory.high"}, "memory.current", {"active_file", "inactive_file"}};

bool HasWord(const std::string& list, std::string_view word) {
  std::istringstream words(list);
  for (std::string one; std::getline(words, one, ',');)
    if (one == word) return true;
  return list.empty() && word.empty();
}

/// The group of this process, from the top of its hierarchy; empty when there is none.
std::string GroupOf(const fs::path& root, const Version& version) {
  std::ifstream file(root / "proc/self/cgroup");
  std::string number, controllers, path;
  while (std::getline(file, number, ':') && std::getline(file, controllers, ':') && std::getline(file, path))
    if (HasWord(controllers, version.controller)) return path;
  return "";
}

/// Where a hierarchy is seen, and which of its groups is seen there.
struct Mount {
  fs::path point;
  std::string top;
};

Mount FindMount(const fs::path& root, const Version& version) {
  std::ifstream file(root / "proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line), after(line.substr(dash + 3));
    std::string skipped, top, point, type, source, options;
    before >> skipped >> skipped >> skipped >> top >> point;
    after >> type >> source >> options;
    const bool has_memory = *version.controller == '\0' || HasWord(options, version.controller);
    if (type == version.file_system && has_memory) return {root / fs::path(point).relative_path(), top};
  }
  return {};
}

/// A number in a file; what is no number ("max", no such file) is no limit.
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
  const std::string group = GroupOf(root, version);
  const Mount mount = FindMount(root, version);
  if (group.empty() || mount.point.empty()) return kNoLimit;
  // In a container the mount may show the group itself, while the path is told from the top of the machine.
  fs::path below = fs::path(group).lexically_relative(mount.top);
  if (below.empty() || *below.begin() == "..") below = ".";
  fs::path folder = (mount.point / below).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  int64_t least = FreeOfGroup(folder, version);
  while (folder != mount.point && folder.has_relative_path()) {
    folder = folder.parent_path();
    least = std::min(least, FreeOfGroup(folder, version));
  }
  return least;
}

}  // namespace

int64_t FreeMemory(const fs::path& root) {
  return std::min({FreeOfMachine(root), FreeOfGroups(root, kVersion1), FreeOfGroups(root, kVersion2)});
}

}  // namespace agront
