// SPDX-License-Identifier: Apache-2.0
// Records cut into windows that the model takes, tokenized.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agront/forward.h"
#include "agront/job.h"
#include "formats/sequences/sequence_reader.h"
#include "tokenizer/kmer_tokenizer.h"

namespace agront::data {

/// One window of a record.
struct Entry {
  std::string name;    ///< of the record
  int64_t record = 0;  ///< number of the record in the input, from 0
  int64_t start = 0;   ///< of the window in the record, 0-based half-open
  int64_t end = 0;
  tokenizer::TokenizedBases tokens;  ///< positions count from the window's start
  /// Where the record lies on a genome; nothing when it was read as a record of its own.
  std::shared_ptr<const genome::Placement> placement;
};

/// Windows in the order of the input. A record as long as a window or shorter is one entry. A longer one gives
/// several: each ends where the next token would be one too many, and the next one starts `overlap` bases before
/// that end and is tokenized from there. Memory is bounded by the window, not the record.
class EntryReader {
 public:
  /// `max_tokens` of a window, <cls> included. Throws UsageError unless 0 <= overlap < 6 (max_tokens - 1),
  /// the bases of a window. With N a window may hold fewer than the overlap: then the next one starts a token later.
  EntryReader(std::unique_ptr<formats::SequenceReader> reader, int64_t max_tokens, int64_t overlap);

  /// False at the end of the input.
  bool Next(Entry& entry);

  const formats::SequenceReader& input() const { return *reader_; }

 private:
  /// `at`, or the end of the mask that `at` lies inside of: a mask is one token of six bases.
  int64_t PastMask(int64_t at) const;

  std::unique_ptr<formats::SequenceReader> reader_;
  int64_t max_tokens_;
  int64_t overlap_;
  std::string name_;
  int64_t record_ = -1;
  std::shared_ptr<const genome::Placement> placement_;
  std::string bases_;  // of the record, from start_ on
  int64_t start_ = 0;
  bool record_has_more_ = false;
  bool window_left_ = false;
};

/// The input that the options name; throws UsageError when they name none or two.
std::unique_ptr<formats::SequenceReader> OpenInput(const InputOptions& options);

/// The name of the input, for messages.
std::string InputName(const InputOptions& options);

/// Entries packed for one forward pass.
struct EntryBatch {
  std::vector<Entry> entries;
  Batch batch;
};

/// Fills `packed` with the next entries of up to `max_tokens` tokens in all, at least one. Keeps the first entry that
/// did not fit for the next call.
class BatchReader {
 public:
  BatchReader(EntryReader& entries, int64_t max_tokens) : entries_(entries), max_tokens_(max_tokens) {}
  /// False at the end of the input.
  bool Next(EntryBatch& packed);

 private:
  EntryReader& entries_;
  int64_t max_tokens_;
  Entry waiting_;
  bool has_waiting_ = false;
};

}  // namespace agront::data
