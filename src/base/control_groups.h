// SPDX-License-Identifier: Apache-2.0
// The control groups that this process is in: what containers and batch systems limit it by.
#pragma once

#include <filesystem>
#include <vector>

namespace agront {

/// One hierarchy of groups.
struct ControlGroups {
  const char* file_system;  ///< "cgroup" (v1) or "cgroup2"
  const char* controller;   ///< in /proc/self/cgroup; v2 has but one hierarchy, and no name
};

inline constexpr ControlGroups kControlGroups2 = {"cgroup2", ""};

/// The folder of the process's group, then of those above it; none where there is no such hierarchy. `root` is where
/// /proc and /sys are, for tests.
std::vector<std::filesystem::path> FoldersOf(const ControlGroups& groups, const std::filesystem::path& root);

}  // namespace agront
