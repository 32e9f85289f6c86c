// SPDX-License-Identifier: Apache-2.0
// The version of the library that is linked.
#pragma once

#include <string_view>

#include "agront/export.h"

namespace agront {

/// For example "0.2.0". Never throws. Any thread may call it at any time.
AGRONT_EXPORT std::string_view Version();

}  // namespace agront
