// SPDX-License-Identifier: Apache-2.0
// The input of a forward pass, and the outputs that the caller asks for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace agront {

/// Sequences laid end to end, without padding: sequence s is tokens [offsets[s], offsets[s + 1]).
struct Batch {
  std::vector<int32_t> tokens;
  std::vector<int64_t> offsets = {0};

  int64_t sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
  void Add(std::span<const int32_t> sequence) {
    tokens.insert(tokens.end(), sequence.begin(), sequence.end());
    offsets.push_back(static_cast<int64_t>(tokens.size()));
  }
  void Clear() {
    tokens.clear();
    offsets.assign(1, 0);
  }
};

/// Hidden states: 0 is the embeddings, K the residual stream after block K. The last layer is taken after the
/// encoder's final LayerNorm, as both reference implementations do, or before it when `raw`.
struct HiddenLayer {
  int64_t layer = 0;
  bool raw = false;
  bool operator==(const HiddenLayer&) const = default;
};

/// The attention probabilities of one head for one sequence of the batch.
struct AttentionMap {
  int64_t layer = 1;     ///< from 1
  int64_t head = 0;      ///< from 0, the true head (the JAX code gives head + 1 when asked for head)
  int64_t sequence = 0;  ///< from 0
};

/// The forward pass computes what is asked for and no more.
struct ForwardRequest {
  std::vector<HiddenLayer> hidden = {};
  std::vector<AttentionMap> attention = {};
  bool all_logits = false;
  std::vector<int64_t> logit_rows = {};  ///< rows of the batch, in any order, when not all
};

}  // namespace agront
