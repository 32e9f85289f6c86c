// SPDX-License-Identifier: Apache-2.0
// What the jobs have in common: the model, the input as packed batches, progress and warnings.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agront/job.h"
#include "agront/precision.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "data/entry_reader.h"
#include "inference/provenance.h"
#include "model/agront.h"

namespace agront::inference {

class Session {
 public:
  /// Checks the options, the output and the input, and opens the model; its weights are read at the first batch. So
  /// what is wrong is said before anything takes time.
  Session(const JobOptions& job, const InputOptions& input);

  const ModelShape& shape() const { return checkpoint_->shape(); }
  /// With what was left out of the input, once ForEachBatch has read it.
  const Provenance& provenance() const { return provenance_; }
  bool has_regions() const { return has_regions_; }  ///< whether entries have a placement

  /// Throws Error when the model has no language-model head, as classifiers have none. Call before work.
  void ExpectLanguageModel() const;

  /// Reads the weights when first called, and reserves the activations of the job's batches.
  model::AgroNT& model();

  using Compute = std::function<void(const data::EntryBatch&, model::ForwardOutput&)>;
  using Write = std::function<void(const data::EntryBatch&, const model::ForwardOutput&)>;

  /// Calls `compute` with the input's entries, packed up to the job's budget, and `write` with what it made, both in
  /// order. The next batch is read and the one before written meanwhile, on threads of their own: `write` must not
  /// touch what `compute` uses, nor start loops over threads. Reports progress as `label`, warns at the end of
  /// letters that were read as others, and throws Stopped when the reporter says stop. Call once.
  void ForEachBatch(const std::string& label, const Compute& compute, const Write& write);

 private:
  JobOptions job_;
  ThreadsOfCall threads_;
  std::unique_ptr<model::Checkpoint> checkpoint_;
  Precision precision_;
  Provenance provenance_;
  bool has_regions_;
  data::EntryReader entries_;
  std::unique_ptr<model::AgroNT> model_;
};

/// Throws UsageError when the output would overwrite the input.
void CheckNotInput(const std::string& output, const InputOptions& input);

/// Warns of what of the input was read as another letter, left out or not used, unless there was nothing.
void ReportInput(const formats::SequenceReader& input, Reporter& reporter);

}  // namespace agront::inference
