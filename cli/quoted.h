// SPDX-License-Identifier: Apache-2.0
// Words of the command line in messages.
#pragma once

#include <string>

#include "agront/printable.h"

namespace agront::cli {

/// Printable, in quotes.
inline std::string Quoted(const std::string& word) { return "\"" + Printable(word) + "\""; }

}  // namespace agront::cli
