// SPDX-License-Identifier: Apache-2.0
// A masked language model at work: copies of sequences with some tokens behind <mask>, packed into batches.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "agront/forward.h"
#include "inference/engine.h"
#include "inference/masked_passes.h"
#include "tensor/matrix.h"

namespace agront::inference {

/// One masked token.
struct MaskedToken {
  int64_t sequence = 0;  ///< number of the call of Add, from 0
  size_t token = 0;      ///< index in the sequence
  int32_t id = 0;        ///< that stood there, perhaps <mask>
};

/// Thread safety: one call at a time.
class MaskedModel {
 public:
  /// `use` gets the masked tokens of a batch, a row of logits each [tokens, vocabulary], which it may change; those of
  /// one sequence in the order of its passes.
  using Use = std::function<void(std::span<const MaskedToken> tokens, tensor::MatrixView logits)>;

  /// Batches of up to `batch_tokens` tokens, or one longer sequence. Throws Error when the model has no language-model
  /// head.
  MaskedModel(Engine& engine, int64_t batch_tokens, Use use);

  /// Packs a copy of the sequence for each pass; runs what is packed when there is no more room.
  void Add(std::span<const int32_t> ids, const MaskedPasses& passes);

  /// Runs what is packed.
  void Flush();

  int64_t tokens() const { return tokens_; }  ///< that went through the model, those of all passes
  int64_t masked() const { return masked_; }  ///< of them
  /// How many of the sequences that were added, the first ones, have had all their passes.
  int64_t finished() const { return batch_.sequences() == 0 ? added_ : first_waiting_; }

 private:
  Engine& engine_;
  int64_t batch_tokens_;
  Use use_;
  Batch batch_;
  std::vector<int64_t> rows_;
  std::vector<MaskedToken> waiting_;
  model::ForwardOutput output_;
  int64_t added_ = 0;
  int64_t first_waiting_ = 0;  // the sequence of the first pass that is packed
  int64_t tokens_ = 0;
  int64_t masked_ = 0;
};

}  // namespace agront::inference
