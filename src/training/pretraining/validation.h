// SPDX-License-Identifier: Apache-2.0
// The quality of a model on windows that it was not trained on: always the same windows and masks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "data/corpus/batch_sampler.h"
#include "model/training/trainable_agront.h"
#include "ranks/communicator.h"
#include "training/pretraining/mask_quality.h"

namespace agront::training {

struct Validation {
  MaskQuality all;
  std::vector<MaskQuality> by_species;  ///< by its number in the corpus
};

/// Windows [0, windows) of step 0 of `sampler`, shared out over the ranks; the same result on all of them. `stops` is
/// asked between micro-batches: once it says yes on any rank there is no result.
std::optional<Validation> Validate(model::TrainableAgroNT& model, const data::BatchSampler& sampler, int num_species,
                                   int64_t windows, int64_t micro_batch, ranks::Communicator& ranks,
                                   const std::function<bool()>& stops);

}  // namespace agront::training
