// SPDX-License-Identifier: Apache-2.0
// Windows of records as the host reads them.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "data/entry_reader.h"
#include "inference/host.h"

namespace agront::inference {

/// Windows packed into batches.
class EntryBatches {
 public:
  using Item = data::EntryBatch;

  EntryBatches(data::EntryReader entries, int64_t batch_tokens)
      : entries_(std::move(entries)), batches_(entries_, batch_tokens) {}
  EntryBatches(const EntryBatches&) = delete;
  EntryBatches& operator=(const EntryBatches&) = delete;

  bool Next(Item& item) { return batches_.Next(item); }
  double Progress() const { return entries_.input().Progress(); }
  /// What was read, for its counts and notes.
  const formats::SequenceReader& input() const { return entries_.input(); }

 private:
  data::EntryReader entries_;
  data::BatchReader batches_;
};

}  // namespace agront::inference
