// SPDX-License-Identifier: Apache-2.0
// Predictions along the sequences of a genome.
#pragma once

#include <memory>

#include "agront/predict.h"
#include "inference/finetuned_predictor.h"
#include "inference/provenance.h"

namespace agront::tasks {

/// Writes bedGraph: a line for each window, with the bases that it speaks for. Throws UsageError for a task per token,
/// and for an output that the model does not have.
void PredictTrack(const PredictOptions& options, const std::shared_ptr<inference::FinetunedPredictor>& predictor,
                  const inference::Provenance& provenance);

}  // namespace agront::tasks
