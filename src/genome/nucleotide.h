// SPDX-License-Identifier: Apache-2.0
// The alphabet of a sequence inside the program: A C G T N in upper case, and '?' for a masked base.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace agront::genome {

/// One of the six unknown bases that a `<mask>` in the input stands for.
inline constexpr char kMaskedBase = '?';

/// The meaning of a letter of an input file.
enum class LetterKind : uint8_t {
  kBase = 0,       ///< A C G T N in either case
  kUracil = 1,     ///< U: read as T
  kAmbiguous = 2,  ///< another IUPAC code, RYSWKMBDHV: read as N
  kInvalid = 4,    ///< anything else
};

struct Letter {
  char base;  ///< A C G T N; 0 when invalid
  LetterKind kind;
};

/// The meaning of each of the 256 bytes.
extern const std::array<Letter, 256> kLetters;

/// The same with the base in the case of the letter.
extern const std::array<Letter, 256> kLettersInCase;

/// The other strand, read 5' to 3'. N and masked bases stay what they are.
void ReverseComplement(std::string& bases);

/// Counts of one sequence, or of several together.
struct GcCount {
  int64_t gc = 0;
  int64_t known = 0;  ///< A C G T

  double share() const { return static_cast<double>(gc) / static_cast<double>(known); }  ///< NaN without any
};

GcCount CountGc(std::string_view bases);

}  // namespace agront::genome
