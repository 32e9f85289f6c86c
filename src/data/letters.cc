// SPDX-License-Identifier: Apache-2.0
#include "data/letters.h"

#include "agront/printable.h"
#include "base/error.h"
#include "genome/nucleotide.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

constexpr std::string_view kMaskText = "<mask>";
static_assert(kMaskText.size() == tokenizer::kKmerLength);  // so that masks do not shift positions

}  // namespace

std::string LettersOf(std::string_view text, formats::LetterCounts& counts) {
  std::string bases(text.size(), 'N');
  for (size_t i = 0; i < text.size(); ++i) {
    const genome::Letter letter = genome::kLetters[static_cast<unsigned char>(text[i])];
    if (letter.kind != genome::LetterKind::kInvalid) {
      bases[i] = letter.base;
      counts.ambiguous += letter.kind == genome::LetterKind::kAmbiguous;
      counts.uracil += letter.kind == genome::LetterKind::kUracil;
    } else if (text.substr(i).starts_with(kMaskText)) {
      bases.replace(i, kMaskText.size(), kMaskText.size(), genome::kMaskedBase);
      i += kMaskText.size() - 1;
    } else {
      Fail("base {}: expected A C G T U N, an IUPAC code or <mask>, got \"{}\"", i, Printable(text.substr(i, 1)));
    }
  }
  return bases;
}

}  // namespace agront::data
