// SPDX-License-Identifier: Apache-2.0
// A checkpoint of a run: a model folder, with the optimizer's state and how far the run was beside the weights.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agront/precision.h"
#include "model/training/training_parameters.h"
#include "ranks/communicator.h"
#include "training/objective.h"
#include "training/optimizer.h"

namespace agront::training {

/// The settings that a run is computed with. Ranks, micro-batch and instruction set change the order of sums, and so
/// the rounding; threads do so with bf16 products only.
struct Computation {
  int64_t ranks = 0;  ///< 0: not known, in checkpoints of earlier versions
  int64_t threads = 0;
  int64_t micro_batch = 0;
  std::string instruction_set;

  /// "2 ranks, micro-batch 4, AVX2", with bf16 products "2 ranks, micro-batch 4, AVX-512 with AMX, 8 threads"
  std::string Rounding(Precision products) const;
};

struct RunState {
  RunProgress progress;
  std::string corpus_hash;  ///< the corpus may not change in between
  Computation computation;  ///< of the last steps
};

/// Writes `folder`, which appears whole or not at all. `metadata` is for model.safetensors. All ranks call it; rank 0
/// writes. Throws Error.
void WriteCheckpoint(const std::string& folder, const RunState& state, const model::TrainingParameters& parameters,
                     Optimizer& optimizer, const std::map<std::string, std::string>& metadata,
                     ranks::Communicator& ranks);

/// The model's values and the optimizer's state after `step` updates, by each rank for itself. Throws Error when the
/// checkpoint is of another step or shape, or damaged.
RunState ReadCheckpoint(const std::string& folder, int64_t step, model::TrainingParameters& parameters,
                        Optimizer& optimizer);

}  // namespace agront::training
