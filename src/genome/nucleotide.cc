// SPDX-License-Identifier: Apache-2.0
#include "genome/nucleotide.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace agront::genome {
namespace {

constexpr std::array<Letter, 256> MakeLetters(bool keep_case) {
  std::array<Letter, 256> letters{};
  for (Letter& letter : letters) letter = {0, LetterKind::kInvalid};
  const auto set = [&letters, keep_case](std::string_view codes, char base, LetterKind kind) {
    constexpr int kToLower = 'a' - 'A';
    for (char code : codes) {
      const char read_as = base != 0 ? base : code;
      const char lower = static_cast<char>(keep_case ? read_as + kToLower : read_as);
      letters[static_cast<unsigned char>(code)] = {read_as, kind};
      letters[static_cast<unsigned char>(code + kToLower)] = {lower, kind};
    }
  };
  set("ACGTN", 0, LetterKind::kBase);
  set("U", 'T', LetterKind::kUracil);
  set("RYSWKMBDHV", 'N', LetterKind::kAmbiguous);
  return letters;
}

/// A table, for the processor cannot guess which base comes next.
constexpr std::array<char, 256> MakeComplements() {
  std::array<char, 256> complements{};
  for (size_t i = 0; i < complements.size(); ++i) complements[i] = static_cast<char>(i);
  for (const auto& [base, other] : {std::pair{'A', 'T'}, {'C', 'G'}, {'G', 'C'}, {'T', 'A'}})
    complements[static_cast<unsigned char>(base)] = other;
  return complements;
}

constexpr std::array<char, 256> kComplements = MakeComplements();

}  // namespace

const std::array<Letter, 256> kLetters = MakeLetters(false);
const std::array<Letter, 256> kLettersInCase = MakeLetters(true);

void ReverseComplement(std::string& bases) {
  std::reverse(bases.begin(), bases.end());
  std::transform(bases.begin(), bases.end(), bases.begin(),
                 [](char base) { return kComplements[static_cast<unsigned char>(base)]; });
}

GcCount CountGc(std::string_view bases) {
  const auto gc = std::ranges::count_if(bases, [](char base) { return base == 'G' || base == 'C'; });
  const auto at = std::ranges::count_if(bases, [](char base) { return base == 'A' || base == 'T'; });
  return {.gc = gc, .known = gc + at};
}

}  // namespace agront::genome
