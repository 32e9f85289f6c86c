// SPDX-License-Identifier: Apache-2.0
// The option --precision.
#pragma once

#include <string>

#include "agront/precision.h"

namespace agront::inference {

/// "fp32", "bf16", or "auto": bf16 where the processor multiplies it, else fp32. Throws UsageError for other words.
Precision ParsePrecision(const std::string& name);

/// "fp32" or "bf16".
std::string Name(Precision precision);

}  // namespace agront::inference
