// SPDX-License-Identifier: Apache-2.0
// The published model's answer to a published question.
#pragma once

#include <string>

#include "model/checkpoints/checkpoint.h"

namespace agront::tasks {

/// On a model of the published shape: runs the inference notebook's first sequence and compares the probabilities at
/// its second 6-mer with those that the notebook shows (nucleotide-transformer repository,
/// notebooks/agro_nucleotide_transformer/inference.ipynb). Returns what was found, in words: the published answer, that
/// the shape is another, or that these are other weights of that shape, which prefer another 6-mer there.
/// Throws Error when the published 6-mer comes first but the probabilities are off: the weights are damaged.
std::string CheckKnownAnswer(const model::Checkpoint& checkpoint);

}  // namespace agront::tasks
