// SPDX-License-Identifier: Apache-2.0
// How much memory there is to be had.
#pragma once

#include <cstdint>
#include <filesystem>

namespace agront {

/// Bytes that this process can still take without swapping or being killed: what the machine has free, or less where a
/// control group that it is in (v1 or v2: containers, batch systems) leaves less. Caches of files count as free. All
/// processes of the machine, or of the group, take from the same amount. `root` is where /proc and /sys are, for tests.
int64_t FreeMemory(const std::filesystem::path& root = "/");

}  // namespace agront
