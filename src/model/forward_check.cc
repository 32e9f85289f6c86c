// SPDX-License-Identifier: Apache-2.0
#include "model/forward_check.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace agront::model {
namespace {

void CheckFinite(const tensor::Matrix& matrix, const std::string& what) {
  for (const float value : matrix.view().values())
    if (!std::isfinite(value)) Fail("{}: expected finite numbers, got {}; agront info --verify says more", what, value);
}

}  // namespace

void CheckRequest(const Batch& batch, const ForwardRequest& request, const ModelShape& shape, bool has_head) {
  if (batch.offsets.empty() || batch.offsets.front() != 0 || !std::ranges::is_sorted(batch.offsets) ||
      batch.offsets.back() != static_cast<int64_t>(batch.tokens.size()))
    FailUsage("batch: offsets must rise from 0 to the number of tokens, {}", batch.tokens.size());
  for (const HiddenLayer& hidden : request.hidden)
    if (hidden.layer < 0 || hidden.layer > shape.layers)
      FailUsage("layer {}: the model has layers 0 (embeddings) to {}", hidden.layer, shape.layers);
  for (const AttentionMap& map : request.attention) {
    if (map.layer < 1 || map.layer > shape.layers)
      FailUsage("attention map {}:{}: the model has layers 1 to {}", map.layer, map.head, shape.layers);
    if (map.head < 0 || map.head >= shape.heads)
      FailUsage("attention map {}:{}: the model has heads 0 to {}", map.layer, map.head, shape.heads - 1);
    if (map.sequence < 0 || map.sequence >= batch.sequences())
      FailUsage("attention map of sequence {}: the batch has {}", map.sequence, batch.sequences());
  }
  for (const int64_t row : request.logit_rows)
    if (row < 0 || row >= static_cast<int64_t>(batch.tokens.size()))
      FailUsage("logits of row {}: the batch has {}", row, batch.tokens.size());
  if (WantsLogits(request) && !has_head)
    FailUsage("logits: expected a masked language model, got one without a language-model head");
}

void CheckTokens(const Batch& batch, const ModelShape& shape) {
  for (int64_t s = 0; s < batch.sequences(); ++s)
    if (const int64_t length = batch.offsets[s + 1] - batch.offsets[s]; length > shape.max_tokens())
      Fail("embedding: sequence {} has {} tokens, the model takes at most {}", s, length, shape.max_tokens());
  for (size_t i = 0; i < batch.tokens.size(); ++i)
    if (batch.tokens[i] < 0 || batch.tokens[i] >= shape.vocabulary)
      Fail("embedding: token {} at {}, expected 0 to {}", batch.tokens[i], i, shape.vocabulary - 1);
}

void CheckFiniteOutput(const ForwardRequest& request, const ForwardOutput& output) {
  for (size_t i = 0; i < request.hidden.size(); ++i)
    CheckFinite(output.hidden[i], fmt::format("hidden state of layer {}", request.hidden[i].layer));
  if (WantsLogits(request)) CheckFinite(output.logits, "logits");
  for (const tensor::Matrix& map : output.attention) CheckFinite(map, "attention map");
}

bool WantsLogits(const ForwardRequest& request) { return request.all_logits || !request.logit_rows.empty(); }

int64_t LastBlock(const ForwardRequest& request, const ModelShape& shape) {
  if (WantsLogits(request)) return shape.layers;
  int64_t last = 0;
  for (const HiddenLayer& hidden : request.hidden) last = std::max(last, hidden.layer);
  for (const AttentionMap& map : request.attention) last = std::max(last, map.layer);
  return last;
}

}  // namespace agront::model
