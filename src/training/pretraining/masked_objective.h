// SPDX-License-Identifier: Apache-2.0
// Pretraining: the model predicts masked tokens of windows of genomes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "agront/precision.h"
#include "agront/reporter.h"
#include "data/corpus/batch_sampler.h"
#include "data/corpus/corpus.h"
#include "model/training/trainable_agront.h"
#include "ranks/communicator.h"
#include "training/objective.h"
#include "training/pretraining/checkpoint_files.h"
#include "training/pretraining/validation.h"

namespace agront::training {

struct MaskedBatches {
  int64_t windows = 1;      ///< of a step, over all ranks; at least one for each of them
  int64_t micro_batch = 1;  ///< windows of one forward and backward pass
};

/// When and on what the model is validated.
struct MaskedValidation {
  const data::Corpus& corpus;
  const data::BatchSampler& sampler;
  int64_t windows = 1;
  int64_t every = 1;  ///< steps; and after the last one
  int64_t steps = 1;  ///< of the run
  /// Called by rank 0 behind the line in the log.
  std::function<void(const Validation& validation, int64_t step, double step_seconds)> show;
};

/// What stays the same through the run and stands in its checkpoints.
struct RunFacts {
  std::string corpus;       ///< its path, for messages
  std::string corpus_hash;  ///< the corpus may not change in between
  Computation computation;
  Precision products = Precision::kFp32;
  std::map<std::string, std::string> metadata;  ///< for model.safetensors
  bool was_finished = false;                    ///< so there is nothing to say of how it goes on
};

class MaskedObjective final : public Objective {
 public:
  /// Keeps references to all but the facts. `validation` may be null.
  MaskedObjective(model::TrainableAgroNT& model, const data::BatchSampler& sampler, const MaskedBatches& batches,
                  const MaskedValidation* validation, RunFacts facts, ranks::Communicator& ranks, Reporter& reporter);

  model::TrainingParameters& parameters() override { return model_.parameters(); }
  UpdateSums AddGradients(int64_t number, const model::GradientsReady& ready) override;
  void CheckWeight(int64_t number, const UpdateSums& sums) const override;
  void Describe(const UpdateSums& sums, nlohmann::ordered_json& line) const override;
  bool IsValidationDue(int64_t step) const override;
  bool Validate(int64_t step, double step_seconds, RunLog& log) override;
  bool EndsEarly() const override { return false; }
  void WriteCheckpoint(const std::string& folder, const RunProgress& progress, Optimizer& optimizer) override;
  RunProgress ReadCheckpoint(const std::string& folder, int64_t step, Optimizer& optimizer) override;

 private:
  model::TrainableAgroNT& model_;
  const data::BatchSampler& sampler_;
  MaskedBatches batches_;
  const MaskedValidation* validation_;
  RunFacts facts_;
  ranks::Communicator& ranks_;
  Reporter& reporter_;
  data::MaskedBatch masked_;
  model::LossBatch batch_;
  model::LossOutput output_;
};

}  // namespace agront::training
