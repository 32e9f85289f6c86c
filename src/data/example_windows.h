// SPDX-License-Identifier: Apache-2.0
// An example of a task as windows that the model takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agront/long_sequences.h"
#include "tokenizer/kmer_tokenizer.h"

namespace agront::data {

/// "error", "centre" or "windows".
std::string NameOf(LongSequences choice);

/// One window of an example, tokenized.
struct ExampleWindow {
  int64_t start = 0;  ///< in the example; positions of tokens count from here
  tokenizer::TokenizedBases tokens;
};

/// At least one window of up to `max_tokens` tokens, <cls> included. kCentre: the bases around the middle that fit;
/// kWindows: side by side, each tokenized from its start. Throws Error beginning with `place` and ending with `advice`
/// for an example that is too long, with kError.
std::vector<ExampleWindow> CutExample(std::string_view bases, LongSequences long_sequences, int64_t max_tokens,
                                      std::string_view place, std::string_view advice = "");

/// The class of each token: that of most of its bases, the first of several; -1 for <cls> and where no base has one.
/// `classes` has a char for each base of the example, kNoClass where there is none.
std::vector<int32_t> TokenClasses(const ExampleWindow& window, std::string_view classes);

}  // namespace agront::data
