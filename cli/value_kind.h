// SPDX-License-Identifier: Apache-2.0
// The kind of an option's values, by the name that the help gives to its type.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace agront::cli {

enum class ValueKind {
  kSwitch,  ///< none
  kCount,   ///< N, K, BP: a whole number
  kSeed,    ///< SEED: a whole number of at least 0
  kNumber,  ///< X, RATE, SHARE: a number
  kSize,    ///< SIZE: bytes, with a unit
  kList,    ///< LIST: a text, or one whole number
  kText,    ///< all others
};

ValueKind KindOf(const CLI::Option& option);

/// The message for a number that is too large for an option.
std::string NotSoLarge(const std::string& got);

/// Lets the parser refuse what is no number where a number is due: "--steps: expected a whole number, got "x"".
void CheckNumbers(CLI::App& command);

}  // namespace agront::cli
