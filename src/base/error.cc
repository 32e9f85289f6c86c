// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace agront {

std::string SystemError() { return std::error_code(errno, std::generic_category()).message(); }

}  // namespace agront
