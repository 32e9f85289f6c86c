// SPDX-License-Identifier: Apache-2.0
// An index beside a genome that is not of that genome: no reason to give up, one can be made.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "agront/error.h"

namespace agront::formats {

/// The text says what does not fit.
class WrongIndex : public Error {
 public:
  using Error::Error;
};

/// The same of the .gzi: where blocks are, not where sequences are.
class WrongGzi : public WrongIndex {
 public:
  using WrongIndex::WrongIndex;
};

template <class... Args>
[[noreturn]] void FailIndex(fmt::format_string<Args...> format, Args&&... args) {
  throw WrongIndex(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace agront::formats
