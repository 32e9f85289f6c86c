// SPDX-License-Identifier: Apache-2.0
// Names that outlast a power cut.
#pragma once

#include <filesystem>

namespace agront {

/// Returns when the names in a folder are on the disk: what was made or renamed there before, a power cut cannot undo.
/// (fsync of a file is of what it holds, not of its name.) Empty is the current folder. Where a file system cannot do
/// that for folders, it is left to the system. Throws Error when the disk fails.
void SyncFolder(const std::filesystem::path& folder);

}  // namespace agront
