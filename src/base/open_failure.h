// SPDX-License-Identifier: Apache-2.0
// One wording for files that cannot be opened.
#pragma once

#include <string_view>

namespace agront {

/// Throws Error by errno: "PATH: no such file", or "PATH: cannot open: Permission denied".
[[noreturn]] void FailToOpen(std::string_view path);

}  // namespace agront
