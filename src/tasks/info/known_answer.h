// SPDX-License-Identifier: Apache-2.0
// The published model's answer to a published question.
#pragma once

#include <string>

#include "model/checkpoint.h"

namespace agront::tasks {

/// On a model of the published shape: runs the inference notebook's first sequence and compares the probabilities at
/// its second 6-mer with those that the notebook shows (nucleotide-transformer repository,
/// notebooks/agro_nucleotide_transformer/inference.ipynb). Returns what was found; "not run: ..." for another shape.
/// Throws Error when a model of that shape answers otherwise: random weights, say, or weights of another training.
std::string CheckKnownAnswer(model::Checkpoint& checkpoint);

}  // namespace agront::tasks
