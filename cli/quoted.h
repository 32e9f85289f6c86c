// SPDX-License-Identifier: Apache-2.0
// Words of the command line in messages.
#pragma once

#include <string>

#include "agront/printable.h"

namespace agront::cli {

/// Printable, shorter than what stands in files.
inline std::string PrintableWord(const std::string& word) {
  constexpr size_t kLongest = 100;
  return Printable(word, kLongest);
}

/// The same in quotes.
inline std::string Quoted(const std::string& word) { return "\"" + PrintableWord(word) + "\""; }

}  // namespace agront::cli
