// SPDX-License-Identifier: Apache-2.0
// Variables of the environment, which tests replace by their own.
#pragma once

#include <functional>
#include <string>

namespace agront {

/// The value of a variable; "" where it is not set, for nobody sets one to "" and means something by it.
using Environment = std::function<std::string(const char* name)>;

/// Those of the process. Call while no thread changes them.
std::string ProcessVariable(const char* name);

}  // namespace agront
