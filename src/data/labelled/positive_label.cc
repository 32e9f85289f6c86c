// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/positive_label.h"

#include <algorithm>
#include <string_view>

namespace agront::data {
namespace {

struct Pair {
  std::string_view zero;
  std::string_view one;
};

constexpr std::array<Pair, 7> kPairs = {{{"0", "1"},
                                         {"1", "2"},
                                         {"-", "+"},
                                         {"false", "true"},
                                         {"no", "yes"},
                                         {"negative", "positive"},
                                         {"control", "case"}}};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// Whether `word` says that something is not `other`: "unmethylated" of "methylated", "not exon" of "exon".
bool Negates(std::string_view word, std::string_view other) {
  for (const std::string_view prefix : {"un", "non", "not", "in"}) {
    if (!word.starts_with(prefix)) continue;
    std::string_view rest = word.substr(prefix.size());
    if (!rest.empty() && (rest[0] == ' ' || rest[0] == '-' || rest[0] == '_')) rest.remove_prefix(1);
    if (!rest.empty() && rest == other) return true;
  }
  return false;
}

bool IsNegative(const std::string& word, const std::string& other) {
  const std::string zero = Lower(word);
  const std::string one = Lower(other);
  return std::ranges::any_of(kPairs, [&](const Pair& pair) { return pair.zero == zero && pair.one == one; }) ||
         Negates(zero, one);
}

}  // namespace

std::optional<std::array<std::string, 2>> OrderedByMeaning(const std::string& one, const std::string& other) {
  if (IsNegative(one, other)) return std::array{one, other};
  if (IsNegative(other, one)) return std::array{other, one};
  return std::nullopt;
}

}  // namespace agront::data
