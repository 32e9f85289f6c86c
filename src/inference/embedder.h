// SPDX-License-Identifier: Apache-2.0
// Hidden states of windows and records, as rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agront/embedder.h"
#include "data/entry_reader.h"
#include "inference/engine.h"
#include "inference/pooling.h"

namespace agront::inference {

/// The bases [start, end) of a record that a row stands for; without regions of a genome the record has no placement.
struct RowBases {
  int64_t record;
  const std::string& name;
  const genome::Placement* placement;
  int64_t start;
  int64_t end;
};

/// Where rows go.
class EmbeddingRows {
 public:
  virtual ~EmbeddingRows() = default;
  /// One row; `layers[i]` are the values of the i-th layer.
  virtual void AppendPooled(const RowBases& bases, const std::vector<std::vector<float>>& layers) = 0;
  /// All tokens of an entry, <cls> first; `layers[i]` has tokens x channels values of the i-th layer.
  virtual void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) = 0;
};

/// Throws UsageError unless the two go together.
void CheckPooling(Pooling pooling, bool per_record);

/// Embeds batches of entries, whose computing and writing overlap (inference/host.h).
class EntryEmbedder {
 public:
  /// Throws UsageError when `per_record` goes with another pooling than kMean. A layer that is not there is for the
  /// forward pass to say.
  EntryEmbedder(Engine& engine, const EmbedderOptions& options, EmbeddingRows& rows);

  void Compute(const data::EntryBatch& packed, model::ForwardOutput& output);
  void Write(const data::EntryBatch& packed, const model::ForwardOutput& output);
  /// Writes the record that is open, if any. Call last.
  void Finish();

 private:
  void WriteEntry(const data::Entry& entry, int64_t begin, int64_t end, const model::ForwardOutput& output);
  void AddToRecord(const data::Entry& entry, int64_t begin, const model::ForwardOutput& output);

  Engine& engine_;
  ForwardRequest request_;
  Pooling pooling_;
  bool per_record_;
  EmbeddingRows& rows_;

  // The record that is open, which may be spread over batches.
  std::vector<RecordMean> means_;
  int64_t record_ = -1;
  std::string name_;
  std::shared_ptr<const genome::Placement> placement_;
  int64_t end_ = 0;
};

}  // namespace agront::inference
