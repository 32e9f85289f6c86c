// SPDX-License-Identifier: Apache-2.0
// Times as people say them.
#pragma once

#include <string>

namespace agront {

/// In the unit in which it is neither a small fraction nor a large number: "12 seconds", "3 minutes", "5.2 hours",
/// "11 days".
std::string DurationInWords(double seconds);

}  // namespace agront
