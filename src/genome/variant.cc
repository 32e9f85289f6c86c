// SPDX-License-Identifier: Apache-2.0
#include "genome/variant.h"

#include <algorithm>

#include "genome/nucleotide.h"

namespace agront::genome {
namespace {

constexpr std::string_view kBases = "ACGT";

char Upper(char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter; }

bool IsBase(char base) { return kBases.find(base) != std::string_view::npos; }

/// The bases that an IUPAC letter in upper case stands for; empty for another letter.
std::string_view BasesOf(char letter) {
  switch (letter) {
    case 'A': return "A";
    case 'C': return "C";
    case 'G': return "G";
    case 'T':
    case 'U': return "T";
    case 'R': return "AG";
    case 'Y': return "CT";
    case 'S': return "CG";
    case 'W': return "AT";
    case 'K': return "GT";
    case 'M': return "AC";
    case 'B': return "CGT";
    case 'D': return "AGT";
    case 'H': return "ACT";
    case 'V': return "ACG";
    case 'N': return "ACGT";
    default: return "";
  }
}

}  // namespace

AlleleKind KindOfAllele(std::string_view text) {
  if (text.empty()) return AlleleKind::kOther;
  if (text == ".") return AlleleKind::kMissing;
  if (text == "*") return AlleleKind::kStar;
  if (text == "<*>" || text == "<NON_REF>") return AlleleKind::kAnyOther;
  if (text.find_first_of("[]") != std::string_view::npos) return AlleleKind::kBreakend;
  if (text.starts_with('<') && text.ends_with('>')) return AlleleKind::kSymbolic;
  const bool is_single_end = text.starts_with('.') || text.ends_with('.');
  if (is_single_end) text = text.starts_with('.') ? text.substr(1) : text.substr(0, text.size() - 1);
  if (!std::ranges::all_of(text, [](char c) { return !BasesOf(Upper(c)).empty(); })) return AlleleKind::kOther;
  if (is_single_end) return AlleleKind::kBreakend;
  return std::ranges::all_of(text, [](char c) { return IsBase(Upper(c)); }) ? AlleleKind::kBases
                                                                            : AlleleKind::kAmbiguous;
}

bool FitsGenome(std::string_view reference, std::string_view bases) {
  const auto fits = [](char letter, char base) {
    const std::string_view possible = BasesOf(Upper(letter));
    return !possible.empty() && (base == 'N' || possible.find(base) != std::string_view::npos);
  };
  return std::ranges::equal(reference, bases, fits);
}

Change TrimmedChange(int64_t start, std::string_view reference, std::string_view alternative) {
  const auto same = [](char one, char other) { return Upper(one) == Upper(other); };
  while (!reference.empty() && !alternative.empty() && same(reference.back(), alternative.back())) {
    reference.remove_suffix(1);
    alternative.remove_suffix(1);
  }
  while (!reference.empty() && !alternative.empty() && same(reference.front(), alternative.front())) {
    reference.remove_prefix(1);
    alternative.remove_prefix(1);
    ++start;
  }
  Change change{.start = start, .end = start + static_cast<int64_t>(reference.size()), .alternative = {}};
  for (const char letter : alternative) change.alternative += Upper(letter);
  return change;
}

void AlignLeft(Change& change, const std::function<char(int64_t position)>& base_at) {
  const auto inserted = static_cast<int64_t>(change.alternative.size());
  const int64_t deleted = change.end - change.start;
  if ((inserted == 0) == (deleted == 0)) return;
  // The last base of what is inserted or deleted after `moved` moves, each of which turns it by one base.
  const auto last = [&](int64_t moved) {
    if (deleted > 0) return base_at(change.end - 1 - moved);
    if (moved < inserted) return change.alternative[static_cast<size_t>(inserted - 1 - moved)];
    return base_at(change.start - 1 - (moved - inserted));
  };
  int64_t moved = 0;
  for (; moved < change.start; ++moved) {
    const char before = base_at(change.start - 1 - moved);
    if (!IsBase(before) || before != last(moved)) break;
  }
  if (inserted > 0) {
    std::string turned;
    for (int64_t i = 0; i < inserted; ++i)
      turned += i < moved ? base_at(change.start - moved + i) : change.alternative[static_cast<size_t>(i - moved)];
    change.alternative = std::move(turned);
  }
  change.start -= moved;
  change.end -= moved;
}

}  // namespace agront::genome
