// SPDX-License-Identifier: Apache-2.0
// Text from elsewhere, made fit for a one-line message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agront/export.h"

namespace agront {

/// The text on one line that no terminal takes for a command: control characters and what cannot be seen are escaped
/// (\t, \n, \r, \x1b, \u{feff}), and so are bytes that are no UTF-8 (\xe9). At most `longest` bytes, then "...".
/// Throws nothing but std::bad_alloc. Any thread may call it at any time.
AGRONT_EXPORT std::string Printable(std::string_view text, size_t longest = 200);

}  // namespace agront
