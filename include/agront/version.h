// SPDX-License-Identifier: Apache-2.0
// The version of the library that is linked.
#pragma once

#include <string_view>

namespace agront {

/// For example "0.2.0".
std::string_view Version();

}  // namespace agront
