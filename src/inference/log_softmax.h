// SPDX-License-Identifier: Apache-2.0
// Logits as logarithms of probabilities.
#pragma once

#include <span>

#include "tensor/matrix.h"

namespace agront::inference {

/// Each row becomes x - ln sum exp x, summed in double: unlike the logarithm of a softmax it keeps what is improbable.
void LogSoftmax(tensor::MatrixView logits);

}  // namespace agront::inference
