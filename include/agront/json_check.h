// SPDX-License-Identifier: Apache-2.0
// JSON from files that may be hostile.
#pragma once

#include <string>

#include "agront/export.h"

namespace agront {

/// Throws Error beginning with `place`, with the line of `text`, for text that is not JSON, a number that no double
/// holds, one key twice in an object, or values nested more than 100 deep. Any thread may call it at any time.
AGRONT_EXPORT void CheckJson(const std::string& text, const std::string& place);

}  // namespace agront
