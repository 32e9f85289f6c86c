// SPDX-License-Identifier: Apache-2.0
// Throwing agront::MissingFile with a formatted message: FailMissing("{}: no such file", path).
#pragma once

#include <fmt/format.h>

#include <utility>

#include "agront/missing_file.h"

namespace agront {

template <class... Args>
[[noreturn]] void FailMissing(fmt::format_string<Args...> format, Args&&... args) {
  throw MissingFile(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace agront
