// SPDX-License-Identifier: Apache-2.0
// The text of a line of progress.
#pragma once

#include <string>

#include "agront/reporter.h"

namespace agront::cli {

/// `seconds` are those of this process. `bar`: with a bar, for terminals. A share is at most 100 %; there is no rate
/// before anything is done.
std::string ProgressLine(const ProgressReport& progress, double seconds, bool bar);

}  // namespace agront::cli
