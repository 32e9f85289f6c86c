// SPDX-License-Identifier: Apache-2.0
// The folder of a training run: its checkpoints step-N, and files with a line of JSON a step.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace agront::training {

/// Thread safety: none. One process writes.
class RunFolder {
 public:
  /// Makes the folder when it is not there.
  explicit RunFolder(std::string path);
  /// Releases the lock. Removes the folder if this object made and locked it and nothing was written into it.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  /// Keeps other processes from writing while this one lives, and removes unfinished checkpoints of a killed one.
  /// Throws Error when another one writes.
  void Lock();

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const;

  /// Steps of the checkpoints, rising.
  std::vector<int64_t> Checkpoints() const;
  std::string CheckpointPath(int64_t step) const;
  /// Removes all but the last `keep`.
  void RemoveOldCheckpoints(int keep) const;

  /// Appends a line to a file. Throws Error when it could not be written whole.
  void Append(const std::string& file, const nlohmann::ordered_json& line) const;
  /// The lines of a file that are whole; none when it is not there.
  std::vector<nlohmann::json> ReadLines(const std::string& file) const;
  /// Returns when the lines of a file are on the disk, not only on their way.
  void Sync(const std::string& file) const;
  /// Cuts a file back to the lines of steps up to `step`, and to what a kill or power cut left whole. Gives the step of
  /// the last line that stays; -1: there is none.
  int64_t CutBack(const std::string& file, int64_t step) const;

 private:
  bool HasOnlyTheLock() const;

  std::string path_;
  bool is_new_;
  int lock_ = -1;  // the open lock file; -1: not locked
};

/// Compares the options of a run with those that it began with, read from `path`. Keys in `free` may differ. Throws
/// Error with the key, what was and what is.
void CheckSameOptions(const std::string& path, const nlohmann::ordered_json& was, const nlohmann::ordered_json& now,
                      const std::set<std::string>& free);

/// One object a step: step, loss, tokens, ranks, ...
inline constexpr char kMetricsFile[] = "metrics.jsonl";
/// One object a validation.
inline constexpr char kValidationFile[] = "validation.jsonl";

}  // namespace agront::training
