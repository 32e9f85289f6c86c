// SPDX-License-Identifier: Apache-2.0
// What is known of chunks of records that are done.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tasks/score/group.h"

namespace agront::tasks {

/// Whether records come sorted: each contig in one run, positions rising.
class SortOrder {
 public:
  /// Records in a row of one contig, by their first and last position.
  struct Run {
    std::string contig;
    int64_t first = 0;
    int64_t last = 0;
  };

  void Add(const std::string& contig, int64_t first, int64_t last);
  bool is_sorted() const { return is_sorted_; }
  void SetUnsorted() { is_sorted_ = false; }
  const std::vector<Run>& runs() const { return runs_; }

 private:
  bool is_sorted_ = true;
  std::vector<Run> runs_;  // none is added once it is not sorted: there may be as many as records
  std::set<std::string> contigs_;
};

/// A chunk that is done: a line of the manifest.
struct DoneChunk {
  int64_t chunk = 0;  ///< from 0
  int64_t records = 0;
  int64_t passes = 0;                           ///< through the model
  int64_t last_position = 0;                    ///< behind the last base of a record, by END, too
  int64_t bytes = 0;                            ///< of the piece
  std::string input_sha256;                     ///< of the records as they were read
  std::string sha256;                           ///< of the piece
  std::array<int64_t, kNumStatuses> alleles{};  ///< by status
  SortOrder order;
};

/// Counts a scored record in it. Records of the chunk come in order.
void Count(const ScoredRecord& scored, DoneChunk& done);

/// What several chunks have together, in their order.
class Summary {
 public:
  void Add(const DoneChunk& done);

  int64_t records() const { return records_; }
  int64_t passes() const { return passes_; }
  int64_t last_position() const { return last_position_; }
  bool is_sorted() const { return order_.is_sorted(); }
  const std::array<int64_t, kNumStatuses>& alleles() const { return alleles_; }

  /// "12 scored, 3 use_pll".
  std::string Statuses() const;
  /// "15 records; alleles: 12 scored, 3 use_pll".
  std::string Text() const;

 private:
  int64_t records_ = 0;
  int64_t passes_ = 0;
  int64_t last_position_ = 0;
  std::array<int64_t, kNumStatuses> alleles_{};
  SortOrder order_;
};

}  // namespace agront::tasks
