// SPDX-License-Identifier: Apache-2.0
// The names of precisions, as users write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agront/precision.h"

namespace agront::tensor {

/// "fp32", "bf16" or "int8".
std::string Name(Precision precision);

/// The same, or "auto" for kAutoPrecision.
std::string Name(const std::optional<Precision>& asked);

/// Nothing for other names.
std::optional<Precision> ParsePrecision(std::string_view name);

}  // namespace agront::tensor
