// SPDX-License-Identifier: Apache-2.0
// The folder of a long job while it runs, OUT.unfinished: pieces of its output, and manifests of those that are done.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/output_file.h"
#include "base/sha256.h"
#include "base/unfinished_path.h"
#include "ranks/communicator.h"
#include "tasks/score/chunk_store.h"
#include "tasks/score/manifest.h"
#include "tasks/score/whole_output.h"

namespace agront::tasks {

/// Keeps other processes out of a folder while it lives. At its end, and when a signal ends the program, an empty
/// folder goes.
class FolderLock {
 public:
  /// Throws Error when another process works in the folder, which is there.
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  std::string folder_;
  int file_ = -1;
  UnfinishedPath unfinished_folder_;
  UnfinishedPath unfinished_lock_;
};

/// Files: chunk-N, and manifest-R.jsonl of rank R with a line for each that is on the disk. A file that no manifest has
/// is nothing, and a folder without any goes at the end. The ranks of a job share the folder, and each writes its own
/// chunks; functions with "all ranks" are called by all of them, in the same order. Thread safety: none.
class ChunkFolder final : public ChunkStore {
 public:
  /// Makes the folder, or goes on with one of the same key; one of another is an Error, unless `replaces`: then it is
  /// made again. Throws Error when another process works in it, or it is damaged. All ranks.
  ChunkFolder(const std::string& path, const RunKey& key, bool replaces, ranks::Communicator& ranks);

  const DoneChunk* Find(int64_t chunk) const override;
  void Begin(int64_t chunk) override;
  void Write(std::string_view bytes) override;
  void End(DoneChunk done) override;

  /// How many chunks were there when it was opened.
  int64_t found() const { return found_; }

  /// Waits until all ranks are here. Throws Error when they have not read so many chunks each, or one of this shard is
  /// not there. All ranks; the pieces are given to the first one.
  std::vector<Piece> Finish(int64_t chunks);

  /// Removes what is in it.
  void Clear();

 private:
  void Open(bool replaces);
  void ReadAll();
  void Append(const std::string& line);
  std::string ManifestPath(int rank) const;
  std::string PiecePath(int64_t chunk) const;

  std::string path_;
  ranks::Communicator& ranks_;
  std::optional<FolderLock> lock_;
  Manifest manifest_;
  int64_t found_ = 0;
  bool has_manifest_ = false;        // of this rank
  std::optional<OutputFile> piece_;  // that is written
  std::optional<Sha256> sha_;
  int64_t bytes_ = 0;
};

}  // namespace agront::tasks
