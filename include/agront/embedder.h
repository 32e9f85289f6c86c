// SPDX-License-Identifier: Apache-2.0
// Embeddings of sequences in memory, or of a stream of them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/export.h"
#include "agront/forward.h"
#include "agront/model.h"
#include "agront/pooling.h"
#include "agront/reporter.h"
#include "agront/sequences.h"

namespace agront {

struct EmbedderOptions {
  std::vector<HiddenLayer> layers = {};  ///< in this order; empty: the last one
  Pooling pooling = Pooling::kMean;
  /// With kMean a row a sequence, each base counted once where windows overlap. Else a row a window, or with kNone rows
  /// of each window's tokens: sequences longer than the model's window are cut into several.
  bool per_record = true;
  int64_t overlap = 0;          ///< bases that two windows of a sequence share
  int64_t batch_tokens = 2048;  ///< windows are packed together up to this many tokens
};

/// One row, or with kNone those of a window.
struct EmbeddedRows {
  int64_t record = 0;     ///< number of the sequence, from 0
  std::string_view name;  ///< its name, or its number
  int64_t start = 0;      ///< bases of the sequence that the row or window stands for, 0-based half-open
  int64_t end = 0;
  int64_t tokens = 0;                          ///< with kNone the rows: the tokens, <cls> first; else 0
  std::vector<std::span<const float>> layers;  ///< [rows, channels] each, in the order of the options
};

/// Called in the order of the sequences, on a thread of its own, one call at a time. What it throws ends the call.
using EmbeddingSink = std::function<void(const EmbeddedRows&)>;

/// Thread safety: any thread may call it.
class AGRONT_EXPORT Embedder {
 public:
  /// Throws UsageError for layers that the model has not, for options that do not fit each other, and for numbers out
  /// of range.
  explicit Embedder(Model model, EmbedderOptions options = {});

  /// A matrix [rows, channels] for each layer; the rows are sequences, or with !per_record windows, or with kNone
  /// tokens. Throws Error "sequence 3: ..." for letters that are no bases and sequences without any, Stopped when the
  /// reporter says stop.
  std::vector<Values> Embed(std::span<const std::string> sequences, Reporter* reporter = nullptr) const;

  /// The same for a stream, in memory that does not grow with it. Reading, computing and `sink` work at the same time.
  void Embed(SequenceSource source, const EmbeddingSink& sink, Reporter* reporter = nullptr) const;

 private:
  Model model_;
  EmbedderOptions options_;
};

}  // namespace agront
