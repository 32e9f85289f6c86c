// SPDX-License-Identifier: Apache-2.0
#include "inference/masked_model.h"

#include <utility>

#include "tokenizer/vocabulary.h"

namespace agront::inference {

MaskedModel::MaskedModel(Engine& engine, int64_t batch_tokens, Use use)
    : engine_(engine), batch_tokens_(batch_tokens), use_(std::move(use)) {
  engine_.ExpectLanguageModel();
}

void MaskedModel::Add(std::span<const int32_t> ids, const MaskedPasses& passes) {
  for (const std::vector<size_t>& pass : passes) {
    if (static_cast<int64_t>(batch_.tokens.size() + ids.size()) > batch_tokens_) Flush();
    const size_t begin = batch_.tokens.size();
    if (begin == 0) first_waiting_ = added_;
    batch_.Add(ids);
    for (const size_t token : pass) {
      batch_.tokens[begin + token] = tokenizer::kMaskId;
      rows_.push_back(static_cast<int64_t>(begin + token));
      waiting_.push_back({.sequence = added_, .token = token, .id = ids[token]});
    }
  }
  ++added_;
}

void MaskedModel::Flush() {
  if (batch_.sequences() == 0) return;
  engine_.Forward(batch_, {.logit_rows = rows_}, output_);
  tokens_ += static_cast<int64_t>(batch_.tokens.size());
  masked_ += static_cast<int64_t>(waiting_.size());
  use_(waiting_, output_.logits.view());
  batch_.Clear();
  rows_.clear();
  waiting_.clear();
}

}  // namespace agront::inference
