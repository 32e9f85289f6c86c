// SPDX-License-Identifier: Apache-2.0
// Every 6-mer masked once, a few at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tokenizer/vocabulary.h"

namespace agront::tasks {

/// Masked tokens are far enough apart to see their neighbours: about the share that is masked in pretraining, 15 %.
inline constexpr size_t kPasses = 7;

/// The tokens that are masked in pass 0 .. kPasses - 1: full 6-mers, and what is masked already.
inline std::vector<size_t> MaskedInPass(std::span<const int32_t> ids, size_t pass) {
  std::vector<size_t> masked;
  for (size_t i = pass; i < ids.size(); i += kPasses)
    if (tokenizer::IsKmer(ids[i]) || ids[i] == tokenizer::kMaskId) masked.push_back(i);
  return masked;
}

}  // namespace agront::tasks
