// SPDX-License-Identifier: Apache-2.0
// A model's folder on any web server, without a hub's answers about it.
#pragma once

#include <vector>

#include "tasks/pull/connection.h"
#include "tasks/pull/repository.h"

namespace agront::pull {

inline constexpr char kSumsFile[] = "SHA256SUMS";

struct PlainFolder {
  std::vector<RemoteFile> files;
  bool is_published = false;  ///< the files are those of the published model, by the checksums that are known here
};

/// The files of a folder, by its SHA256SUMS (as `sha256sum * > SHA256SUMS` writes it), else those of the published
/// model: nothing is fetched without a checksum. Throws Error.
PlainFolder AskFolder(Connection& server);

}  // namespace agront::pull
