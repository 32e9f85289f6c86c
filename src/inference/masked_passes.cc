// SPDX-License-Identifier: Apache-2.0
#include "inference/masked_passes.h"

#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

template <class Takes>
std::vector<size_t> TokensThat(std::span<const int32_t> ids, const Takes& takes) {
  std::vector<size_t> tokens;
  for (size_t i = 0; i < ids.size(); ++i)
    if (takes(ids[i])) tokens.push_back(i);
  return tokens;
}

bool IsMasked(int32_t id) { return id == tokenizer::kMaskId; }

}  // namespace

MaskedPasses SeventhsOf(std::span<const int32_t> ids) {
  return SeventhsOf(TokensThat(ids, [](int32_t id) { return tokenizer::IsKmer(id) || IsMasked(id); }));
}

MaskedPasses SeventhsOf(std::span<const size_t> tokens) {
  MaskedPasses passes(kSevenths);
  for (const size_t token : tokens) passes[token % kSevenths].push_back(token);
  std::erase_if(passes, [](const auto& pass) { return pass.empty(); });
  return passes;
}

MaskedPasses EachAlone(std::span<const size_t> tokens) {
  MaskedPasses passes;
  for (const size_t token : tokens) passes.push_back({token});
  return passes;
}

MaskedPasses AsMasked(std::span<const int32_t> ids) {
  std::vector<size_t> masked = TokensThat(ids, IsMasked);
  if (masked.empty()) return {};
  return {std::move(masked)};
}

std::vector<size_t> SixmersOf(std::span<const int32_t> ids) { return TokensThat(ids, tokenizer::IsKmer); }

}  // namespace agront::inference
