// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "base/unfinished_path.h"

namespace agront {

/// Writes to a temporary file beside `path` that Commit() renames. Destroyed without Commit(), nothing
/// stays, nor when a signal ends the program.
/// A target that is not a regular file ("-" for standard output, /dev/full, a pipe) is written directly.
class OutputFile {
 public:
  /// Throws Error when the file exists and `overwrite` is false, or when it cannot be made.
  OutputFile(const std::string& path, bool overwrite);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws Error when the disk is full.
  void Write(std::string_view text);
  void Write(std::span<const std::byte> bytes);

  /// Copies a whole file to the end of this one.
  void AppendFile(const std::string& path);

  /// Flushes to disk and gives the file its name, for good: no power cut undoes it. Call once, last.
  void Commit();

  /// The same for this file and `companion`: both appear, or neither, also when a signal comes. Call once, last.
  void CommitWith(OutputFile& companion);

  /// Whether the bytes go straight to what cannot be taken back: standard output, a pipe, a device.
  bool is_stream() const { return temporary_.empty(); }

  /// Where the bytes go until Commit(): the temporary file, or the path itself when written directly.
  const std::string& working_path() const { return temporary_.empty() ? path_ : temporary_; }

 private:
  /// Flushes to disk and closes, still under the temporary name.
  void Finish();
  /// Gives the finished file its name.
  void Publish();

  std::string path_;
  std::string temporary_;
  UnfinishedPath unfinished_;  // of the temporary file
  std::FILE* file_ = nullptr;
};

/// A small file, over an old one. Throws Error.
void WriteTextFile(const std::string& path, std::string_view text);

/// Throws Error when `path` is a regular file that exists and `overwrite` is false. Call before long work.
void CheckWritable(const std::string& path, bool overwrite);

}  // namespace agront
