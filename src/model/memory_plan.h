// SPDX-License-Identifier: Apache-2.0
// How much memory a model takes on this processor, known before anything is computed.
#pragma once

#include <cstdint>

#include "agront/precision.h"
#include "model/checkpoints/checkpoint.h"

namespace agront::model {

/// Bytes. The program itself and the kernels' scratch, about a megabyte a thread, are not counted.
struct MemoryPlan {
  int64_t rows = 0;         ///< tokens of the largest batch
  int64_t weights = 0;      ///< of the whole model, as products take them
  int64_t activations = 0;  ///< of a forward pass through the blocks
  int64_t head = 0;         ///< what the language-model head adds to them, for all tokens
  int64_t hidden = 0;       ///< one hidden state in the output
  int64_t logits = 0;       ///< all logits in the output
};

/// The most for batches packed up to `batch_tokens`: one window may be longer than that. From a file not made for int8,
/// a plan for int8 takes no matrix for one that int8 would damage: only packing shows which those are (ops/matmul).
MemoryPlan PlanMemory(const Checkpoint& checkpoint, Precision precision, int64_t batch_tokens);

}  // namespace agront::model
