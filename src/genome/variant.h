// SPDX-License-Identifier: Apache-2.0
// A variant as the model sees it: bases of a sequence that become others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace agront::genome {

/// The bases [start, end) of a sequence become `alternative`, 0-based half-open on the forward strand. An insertion has
/// start == end, a deletion an empty alternative.
struct Change {
  int64_t start = 0;
  int64_t end = 0;
  std::string alternative;  ///< A C G T in upper case

  bool changes_nothing() const { return start == end && alternative.empty(); }
  /// Whether so many bases become others, one for one.
  bool is_substitution() const { return end - start == static_cast<int64_t>(alternative.size()); }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that "<" compares the result with for a pointer
  auto operator<=>(const Change&) const = default;
};

/// What the text of an alternative allele in VCF stands for.
enum class AlleleKind {
  kBases,      ///< A C G T in either case
  kAmbiguous,  ///< letters of IUPAC, with one at least that is none of these: N, R, Y, ...
  kMissing,    ///< "."
  kStar,       ///< "*": absent, as a deletion upstream took it
  kAnyOther,   ///< "<*>" and "<NON_REF>": any other allele
  kSymbolic,   ///< "<DEL>" and others
  kBreakend,   ///< "G]17:198982]", ".TGCA"
  kOther,      ///< anything else
};

AlleleKind KindOfAllele(std::string_view text);

/// Whether the letters of a reference allele, in either case, may stand for these bases of a genome (A C G T N, of the
/// same number). N stands for each base, on both sides, as a genome's other IUPAC letters were read as N; an IUPAC
/// letter of the allele stands for its bases.
bool FitsGenome(std::string_view reference, std::string_view bases);

/// The change by two alleles that begin at `start`: without the bases that both end with, then without those that both
/// begin with, upper case. So all spellings of a substitution give one change.
Change TrimmedChange(int64_t start, std::string_view reference, std::string_view alternative);

/// Moves a pure insertion or deletion to the left as far as the sequence reads the same with it, as `bcftools norm`
/// does. Unknown bases stop it. `base_at` gives the base at a position. So all places of an indel in a repeat give one
/// change.
void AlignLeft(Change& change, const std::function<char(int64_t position)>& base_at);

}  // namespace agront::genome
