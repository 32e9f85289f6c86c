// SPDX-License-Identifier: Apache-2.0
// Throwing agront::Error with a formatted message: Fail("{}: expected {} tensors, got {}", path, 3, 2).
#pragma once

#include <fmt/format.h>

#include <utility>

#include "agront/error.h"

namespace agront {

template <class... Args>
[[noreturn]] void Fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
[[noreturn]] void FailUsage(fmt::format_string<Args...> format, Args&&... args) {
  throw UsageError(fmt::format(format, std::forward<Args>(args)...));
}

/// The text of errno, for the end of a message: "No space left on device".
std::string SystemError();

}  // namespace agront
