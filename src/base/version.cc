// SPDX-License-Identifier: Apache-2.0
#include "agront/version.h"

#include "base/generated_version.h"

namespace agront {

std::string_view Version() { return AGRONT_VERSION; }

}  // namespace agront
