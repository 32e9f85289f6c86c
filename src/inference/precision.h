// SPDX-License-Identifier: Apache-2.0
// The option --precision.
#pragma once

#include <optional>
#include <string>

#include "agront/precision.h"
#include "model/checkpoint.h"

namespace agront::inference {

/// "fp32", "bf16", "int8", or "auto": what the checkpoint was made for, else bf16 where the processor multiplies it,
/// else fp32. Throws UsageError for other words.
Precision ChoosePrecision(const std::string& name, const model::Checkpoint& checkpoint);

/// Nothing is auto.
Precision ChoosePrecision(std::optional<Precision> asked, const model::Checkpoint& checkpoint);
std::optional<Precision> ParsePrecisionOption(const std::string& name);

}  // namespace agront::inference
