// SPDX-License-Identifier: Apache-2.0
#include "data/example_windows.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "data/labelled/labelled_set.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

/// N takes a token each, so how many bases fit is known when they are tokens.
ExampleWindow Centre(std::string_view bases, int64_t max_tokens) {
  const auto size = static_cast<int64_t>(bases.size());
  ExampleWindow window;
  int64_t width = std::min(size, (max_tokens - 1) * tokenizer::kKmerLength);
  while (true) {
    window.start = (size - width) / 2;
    tokenizer::Encode(bases.substr(window.start, width), max_tokens, window.tokens);
    const int64_t left_out = width - window.tokens.num_bases();
    if (left_out == 0) return window;
    width -= (left_out + 1) / 2;
  }
}

}  // namespace

std::string NameOf(LongSequences choice) {
  switch (choice) {
    case LongSequences::kError: return "error";
    case LongSequences::kCentre: return "centre";
    case LongSequences::kWindows: return "windows";
  }
  return "";
}

std::vector<ExampleWindow> CutExample(std::string_view bases, LongSequences long_sequences, int64_t max_tokens,
                                      std::string_view place, std::string_view advice) {
  if (bases.empty()) Fail("{}: expected a sequence, got none", place);
  std::vector<ExampleWindow> windows(1);
  tokenizer::Encode(bases, max_tokens, windows[0].tokens);
  const auto size = static_cast<int64_t>(bases.size());
  if (windows[0].tokens.num_bases() == size) return windows;
  switch (long_sequences) {
    case LongSequences::kError:
      Fail("{}: expected a sequence that fits into {} tokens, got {} bases, of which {} fit{}{}", place, max_tokens,
           size, windows[0].tokens.num_bases(), advice.empty() ? "" : "; ", advice);
    case LongSequences::kCentre: return {Centre(bases, max_tokens)};
    case LongSequences::kWindows: break;
  }
  int64_t start = windows[0].tokens.num_bases();
  while (start < size) {
    ExampleWindow& window = windows.emplace_back();
    window.start = start;
    tokenizer::Encode(bases.substr(start), max_tokens, window.tokens);
    start += window.tokens.num_bases();
  }
  return windows;
}

std::vector<int32_t> TokenClasses(const ExampleWindow& window, std::string_view classes) {
  std::vector<int32_t> of_tokens(window.tokens.size(), -1);
  for (size_t t = 0; t < of_tokens.size(); ++t) {
    std::array<int, 256> votes{};
    int most = 0;
    for (int64_t base = window.tokens.begin[t]; base < window.tokens.end[t]; ++base)
      if (const char of_base = classes[window.start + base]; of_base != kNoClass)
        most = std::max(most, ++votes[static_cast<unsigned char>(of_base)]);
    if (most > 0) of_tokens[t] = static_cast<int32_t>(std::ranges::find(votes, most) - votes.begin());
  }
  return of_tokens;
}

}  // namespace agront::data
