// SPDX-License-Identifier: Apache-2.0
// One file, fetched right or not at all.
#pragma once

#include <filesystem>

#include "tasks/pull/connection.h"
#include "tasks/pull/repository.h"

namespace agront::pull {

/// Fetches a file to `path`, over whatever is there. Bytes are hashed as they are
/// written; a part that an earlier process left is read and hashed first. A server that answers a Range with the whole
/// file starts over. A wrong checksum starts over once, from zero. Throws Error when the file is not right in the end
/// (and leaves nothing of it), when the disk is full or no more tries are left (and leaves what is there for the next
/// pull).
void Download(Connection& connection, const RemoteFile& file, const std::filesystem::path& path);

/// "" when `path` holds what `file` must; else the difference. A stage of its own.
std::string Compare(const std::filesystem::path& path, const RemoteFile& file, Reporter& reporter);

}  // namespace agront::pull
