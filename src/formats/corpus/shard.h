// SPDX-License-Identifier: Apache-2.0
// A shard: the windows of one species, two bits a base, in any order of access.
//
// Layout, little-endian:
//   8 bytes "AGRSHD01"
//   records, one a window: its bases, four to a byte, the first in the lowest bits (A T C G are 0 1 2 3; an unknown
//     base is stored as A); then runs of unknown bases and runs of repeats, each as uint16 start and uint16 length
//   index, 32 bytes a window (IndexEntry in shard_layout.h)
//   names of the sequences, each ended by a newline
//   footer, 48 bytes (Footer in shard_layout.h)
// Every record has a CRC-32 in the index, the index with the names one in the footer, and the footer one of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/output_file.h"
#include "formats/corpus/shard_layout.h"
#include "formats/corpus/window.h"

namespace agront::formats {

/// The facts about a shard that corpus.json keeps, so that a shard of another corpus is noticed.
struct ShardSummary {
  uint64_t bytes = 0;
  uint64_t windows = 0;
  uint32_t index_crc = 0;
  bool operator==(const ShardSummary&) const = default;
};

/// Writes to a file that appears with Commit(). Memory grows by 32 bytes a window, the index.
class ShardWriter {
 public:
  /// `window_bases` at most kMostWindowBases. Throws Error when the file exists already or cannot be made.
  ShardWriter(const std::string& path, int64_t window_bases);

  /// Gives the sequence its number for the windows that follow. The name must not hold a newline.
  uint32_t AddSequence(const std::string& name);

  /// `codes` as in base_code.h, a window of them. Throws Error when the disk is full.
  void Add(const WindowPlace& place, std::span<const uint8_t> codes);

  /// Call once, last.
  ShardSummary Commit();

 private:
  OutputFile file_;
  uint32_t window_bases_;
  uint64_t written_ = 0;
  std::vector<IndexEntry> index_;
  std::string names_;
  uint32_t num_sequences_ = 0;
  std::vector<uint8_t> record_;
};

/// Thread safety: const members may be called from several threads.
class ShardReader {
 public:
  /// Checks footer, index and names. Throws Error naming the path when the file is no shard, truncated or damaged
  /// there.
  explicit ShardReader(const std::string& path);

  const ShardSummary& summary() const { return summary_; }
  int64_t window_bases() const { return footer_.window_bases; }
  int64_t num_windows() const { return static_cast<int64_t>(summary_.windows); }

  WindowPlace Place(int64_t window) const;
  const std::string& sequence_name(uint32_t sequence) const { return names_.at(sequence); }

  /// Throws Error naming path and window when its checksum does not fit.
  void Read(int64_t window, Window& out) const;

 private:
  IndexEntry Entry(int64_t window) const;
  void CheckIndex() const;

  MappedFile file_;
  Footer footer_;
  ShardSummary summary_;
  std::vector<std::string> names_;
};

}  // namespace agront::formats
