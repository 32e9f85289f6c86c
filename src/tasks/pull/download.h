// SPDX-License-Identifier: Apache-2.0
// One file, fetched right or not at all.
#pragma once

#include <filesystem>

#include "tasks/pull/connection.h"
#include "tasks/pull/repository.h"

namespace agront::pull {

/// Bytes of all files, for one line of progress.
class Progress {
 public:
  Progress(Reporter& reporter, int64_t bytes) : reporter_(reporter), bytes_(bytes) {}
  ~Progress() { reporter_.EndStage(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `before`: of them, by a process before this one.
  void Show(int64_t done, int64_t before) const;

  Reporter& reporter() const { return reporter_; }

 private:
  Reporter& reporter_;
  int64_t bytes_;
};

/// How many bytes of the files before it are there, and how many of those were there before.
struct DoneBefore {
  int64_t done = 0;
  int64_t before = 0;
};

/// Fetches a file to `path`, over whatever is there, and adds its bytes to `count`. Bytes are hashed as they are
/// written; a part that an earlier process left is read and hashed first. A server that answers a Range with the whole
/// file starts over. A wrong checksum starts over once, from zero. Throws Error when the file is not right in the end
/// (and leaves nothing of it), when the disk is full or no more tries are left (and leaves what is there for the next
/// pull).
void Download(Connection& connection, const RemoteFile& file, const std::filesystem::path& path,
              const Progress& progress, DoneBefore& count);

/// "" when a file is as it must be; else the difference. Shows its progress.
std::string Compare(const std::filesystem::path& path, const hub::FileSum& sum, Reporter& reporter);

}  // namespace agront::pull
