// SPDX-License-Identifier: Apache-2.0
// A file that is being fetched, which outlives the process that fetches it, so that the next one goes on with it.
//
// No lock of the file system is trusted: on some, every process gets it. Instead a partial file is named after the
// process that writes it, NAME.HOST-NAMESPACE-PID-START.agront-partial, and another one takes it over by renaming it:
// only one can. It does so when that process is no more; and where that cannot be known (another machine, another
// container), when nothing wrote to the file for a minute, or for an hour before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "agront/reporter.h"

namespace agront::pull {

inline constexpr char kPartialSuffix[] = ".agront-partial";

/// Thread safety: none.
class PartialFile {
 public:
  /// Takes over what a dead process left of `path`, else begins an empty file beside it. While a living one fetches the
  /// same file, waits and says so; gives nullptr once it has put a file at `path`. `wait` is called several times a
  /// second meanwhile; what it throws ends the waiting. Throws Error when the file cannot be made.
  static std::unique_ptr<PartialFile> Claim(const std::filesystem::path& path, Reporter& reporter,
                                            const std::function<void()>& wait);

  ~PartialFile();  ///< leaves the file where it is
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  uint64_t size() const { return size_; }

  /// Calls `sink` with all that is in it. Throws Error when it cannot be read.
  void ReadAll(const std::function<void(std::span<const std::byte>)>& sink);

  /// Throws Error when the disk is full, or when another process took the file over.
  void Append(std::span<const std::byte> bytes);

  /// Begins again.
  void Clear();

  /// Tells others that somebody still works on it.
  void Touch();

  /// Gives it its name, for good, over whatever is there, and removes what dead processes left of it. Call last.
  void Publish();

  /// Takes it away. Call last.
  void Remove();

 private:
  PartialFile(std::filesystem::path path, std::filesystem::path partial);
  void CheckStillOurs() const;

  std::filesystem::path path_;
  std::filesystem::path partial_;
  int descriptor_;
  uint64_t size_ = 0;
};

}  // namespace agront::pull
