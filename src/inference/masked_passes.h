// SPDX-License-Identifier: Apache-2.0
// Which tokens of a sequence are masked together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace agront::inference {

/// Indices of the tokens that are masked in each pass of a sequence through the model, rising. Empty ones are left out.
using MaskedPasses = std::vector<std::vector<size_t>>;

/// Masked tokens are far enough apart to see their neighbours: about the share that is masked in pretraining, 15 %.
inline constexpr size_t kSevenths = 7;

/// Every full 6-mer, and what is masked already, once: in pass j of 7 the tokens with index i, i mod 7 = j.
MaskedPasses SeventhsOf(std::span<const int32_t> ids);

/// Those of `tokens` in sevenths, by the same rule.
MaskedPasses SeventhsOf(std::span<const size_t> tokens);

/// Each of `tokens` in a pass of its own.
MaskedPasses EachAlone(std::span<const size_t> tokens);

/// What is masked already, in one pass.
MaskedPasses AsMasked(std::span<const int32_t> ids);

/// The full 6-mers of a sequence.
std::vector<size_t> SixmersOf(std::span<const int32_t> ids);

}  // namespace agront::inference
