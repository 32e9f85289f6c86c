// SPDX-License-Identifier: Apache-2.0
// An error that callers may want to distinguish from others: a file that was named is missing.
#pragma once

#include "agront/error.h"
#include "agront/export.h"

namespace agront {

/// A file, a folder or a model that does not exist. The text says what was expected there.
class AGRONT_EXPORT MissingFile : public Error {
 public:
  using Error::Error;
};

}  // namespace agront
