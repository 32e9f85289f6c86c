// SPDX-License-Identifier: Apache-2.0
// Bases as people write them, in the letters that the program has inside.
#pragma once

#include <string>
#include <string_view>

#include "formats/sequences/sequence_reader.h"

namespace agront::data {

/// Upper case, N for IUPAC codes, T for U, six '?' for <mask>: no position shifts. Counts what becomes another letter.
/// Throws Error "base 7: expected ..." for what is none of these.
std::string LettersOf(std::string_view text, formats::LetterCounts& counts);

}  // namespace agront::data
