// SPDX-License-Identifier: Apache-2.0
// The errors that the library throws. The text is one line: the place first, then what was expected and what was there.
#pragma once

#include <stdexcept>
#include <string>

#include "agront/export.h"

namespace agront {

/// Bad input, a broken file, a full disk: something that the user can correct.
class AGRONT_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A request that makes no sense for this model or command, such as layer 99 of 40.
class AGRONT_EXPORT UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace agront
