// SPDX-License-Identifier: Apache-2.0
// The precision that a job runs in.
#pragma once

#include <optional>

#include "agront/precision.h"
#include "model/checkpoints/checkpoint.h"

namespace agront::inference {

/// What was asked for; kAutoPrecision: what the checkpoint was made for, else bf16 where the processor multiplies it,
/// else fp32.
Precision ChoosePrecision(std::optional<Precision> asked, const model::Checkpoint& checkpoint);

}  // namespace agront::inference
