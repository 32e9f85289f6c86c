// SPDX-License-Identifier: Apache-2.0
// Chunks that are done as lines of JSON, and what they are of.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tasks/score/done_chunk.h"

namespace agront::tasks {

/// What a run makes. Two runs with the same settings make the same bytes of the same records (on one kind of
/// processor), whatever their shards.
struct RunKey {
  nlohmann::ordered_json settings;  ///< an object that has the texts "format" and "header_sha256"
  int64_t shard = 1;                ///< from 1
  int64_t shards = 1;
  int64_t header_bytes = 0;      ///< of the output, before the records
  int64_t longest_sequence = 0;  ///< of the genome, bases
  int64_t genome_time = 0;       ///< when it was changed last; the same for one file, not for its copies
};

/// Throws Error, beginning with `path`, with the setting that differs: what the file has, what this run has, and
/// `advice`.
void CheckSameSettings(const std::string& path, const nlohmann::ordered_json& was, const nlohmann::ordered_json& now,
                       const std::string& advice);

std::string LineOf(const RunKey& key);
std::string LineOf(const DoneChunk& done);
std::string LineOfTotal(int64_t chunks);

/// What lines say. Thread safety: none.
struct Manifest {
  RunKey key;                           ///< settings are null until its line was read
  std::map<int64_t, DoneChunk> chunks;  ///< by number
  int64_t total = -1;                   ///< of all shards, once one has read the input to its end

  /// Throws Error beginning with `place` for any other line.
  void Read(const std::string& line, const std::string& place);

  /// Reads the lines of a file; the last one only when it has its end, as a kill may have cut it. Throws Error when the
  /// file cannot be read.
  void ReadFile(const std::string& path);
};

}  // namespace agront::tasks
