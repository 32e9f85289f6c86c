// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agront/precision.h"

namespace agront::ops {

/// The floating-point numbers that this processor multiplies fastest, in inference and in training: bfloat16 where it
/// has instructions for it, else float32.
Precision FastestFloat();

}  // namespace agront::ops
