// SPDX-License-Identifier: Apache-2.0
// A model on a hub: its commit, its licence, its files.
#pragma once

#include <string>
#include <vector>

#include "hub/file_sum.h"
#include "hub/model_name.h"
#include "tasks/pull/connection.h"

namespace agront::pull {

struct RemoteFile {
  std::string path;  ///< relative, below the model's folder
  hub::FileSum sum;
  std::string blob;  ///< the name of its content in the cache; "" where there is no cache
  net::Url url;
};

struct Repository {
  std::string commit;
  std::string licence;  ///< as the model's card has it, printable; "" if it has none
  std::vector<RemoteFile> files;
};

/// Asks the hub. Checks whatever it answers: a commit, paths that stay below a folder, checksums, sizes. Throws Error.
/// The files are all of the repository; those without a checksum have one that is asked for by CompleteSum.
Repository AskHub(Connection& hub, const hub::ModelName& name);

/// Asks for size and checksum of a file whose listing had none. Throws Error when there is none.
void CompleteSum(Connection& hub, RemoteFile& file);

}  // namespace agront::pull
