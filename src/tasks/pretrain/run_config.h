// SPDX-License-Identifier: Apache-2.0
// The options of a run, kept in its folder, so that it goes on with the same numbers.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "agront/model_shape.h"
#include "agront/pretrain.h"
#include "data/corpus/batch_sampler.h"
#include "model/checkpoints/checkpoint.h"
#include "training/learning_rate.h"
#include "training/run_folder.h"

namespace agront::tasks {

/// Throws UsageError for options that make no sense; the message names the flag.
void CheckOptions(const PretrainOptions& options);

/// All options of the numbers of a run by their flags, as a file for --config.
nlohmann::ordered_json Describe(const PretrainOptions& options);

/// Throws Error when config.json in the folder has another value for an option that the run's numbers depend on, unless
/// no step was made yet. What was chosen for micro-batch and recomputation is taken from there, unless asked for
/// otherwise.
void TakeOver(const training::RunFolder& folder, PretrainOptions& options);

/// The shape of the model to train: that of `initial`, or a new one's when it is null. Fills it into `wanted`, too.
/// Throws UsageError when that is another one than `initial` has.
ModelShape SettleShape(PretrainShape& wanted, const model::Checkpoint* initial);

/// Writes config.json.
void WriteConfig(const training::RunFolder& folder, const PretrainOptions& options);

training::LearningRate LearningRateOf(const PretrainTraining& training);
data::SamplerOptions SamplerOf(const PretrainData& data, const PretrainMasking& masking, uint64_t seed);

}  // namespace agront::tasks
