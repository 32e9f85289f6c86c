// SPDX-License-Identifier: Apache-2.0
// How many cores there are to be had.
#pragma once

#include <filesystem>

namespace agront {

/// Cores that this process may use at a time: those that the affinity of the calling thread allows, or fewer where a
/// control group that it is in (CoresOfGroups) allows less processor time. At least 1. The groups are asked once: a
/// call takes a microsecond.
int UsableCores();

/// The processor time, in cores, that the control groups of this process (v1 or v2: containers, batch systems) allow; a
/// part of a core counts as one. At least 1, and a very large number without a limit. `root` is where /proc and /sys
/// are, for tests.
int CoresOfGroups(const std::filesystem::path& root = "/");

}  // namespace agront
