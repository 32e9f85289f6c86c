// SPDX-License-Identifier: Apache-2.0
// Formats: proc(5), cgroups(7).
#include "base/control_groups.h"

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace agront {
namespace {

namespace fs = std::filesystem;

bool HasWord(const std::string& list, std::string_view word) {
  std::istringstream words(list);
  for (std::string one; std::getline(words, one, ',');)
    if (one == word) return true;
  return list.empty() && word.empty();
}

/// The group of this process, from the top of its hierarchy; empty when there is none.
std::string GroupOf(const fs::path& root, const ControlGroups& groups) {
  std::ifstream file(root / "proc/self/cgroup");
  std::string number, controllers, path;
  while (std::getline(file, number, ':') && std::getline(file, controllers, ':') && std::getline(file, path))
    if (HasWord(controllers, groups.controller)) return path;
  return "";
}

/// Where a hierarchy is seen, and which of its groups is seen there.
struct Mount {
  fs::path point;
  std::string top;
};

Mount FindMount(const fs::path& root, const ControlGroups& groups) {
  std::ifstream file(root / "proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line), after(line.substr(dash + 3));
    std::string skipped, top, point, type, source, options;
    before >> skipped >> skipped >> skipped >> top >> point;
    after >> type >> source >> options;
    const bool has_it = *groups.controller == '\0' || HasWord(options, groups.controller);
    if (type == groups.file_system && has_it) return {root / fs::path(point).relative_path(), top};
  }
  return {};
}

}  // namespace

std::vector<fs::path> FoldersOf(const ControlGroups& groups, const fs::path& root) {
  const std::string group = GroupOf(root, groups);
  const Mount mount = FindMount(root, groups);
  if (group.empty() || mount.point.empty()) return {};
  // In a container the mount may show the group itself, while the path counts from the top of the machine.
  fs::path below = fs::path(group).lexically_relative(mount.top);
  if (below.empty() || *below.begin() == "..") below = ".";
  fs::path folder = (mount.point / below).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  std::vector<fs::path> folders = {folder};
  while (folder != mount.point && folder.has_relative_path()) {
    folder = folder.parent_path();
    folders.push_back(folder);
  }
  return folders;
}

}  // namespace agront
