// SPDX-License-Identifier: Apache-2.0
// What the jobs have in common: the model, the input as packed batches, progress and warnings.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agront/job.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "inference/entries.h"
#include "inference/provenance.h"

namespace agront::inference {

class Session {
 public:
  /// Checks the options, the output and the input, and opens the model; its weights are read at the first batch. So
  /// what is wrong is said before anything takes time.
  Session(const JobOptions& job, const InputOptions& input);

  Engine& engine() { return engine_; }
  const ModelShape& shape() const { return engine_.shape(); }
  /// With what was left out of the input, once ForEachBatch has read it.
  const Provenance& provenance() const { return provenance_; }
  bool has_regions() const { return has_regions_; }  ///< whether entries have a placement

  using Compute = std::function<void(const data::EntryBatch&, model::ForwardOutput&)>;
  using Write = std::function<void(const data::EntryBatch&, const model::ForwardOutput&)>;

  /// Calls `compute` with the input's entries, packed up to the job's budget, and `write` with what it made, as
  /// RunBatches (inference/host.h) does. Warns at the end of letters that were read as others. Call once.
  void ForEachBatch(const std::string& label, const Compute& compute, const Write& write);

 private:
  JobOptions job_;
  ThreadsOfCall threads_;
  Engine engine_;
  Provenance provenance_;
  bool has_regions_;
  std::shared_ptr<EntryBatches> batches_;
};

/// What a job runs.
EngineSource SourceOf(const JobOptions& job);

/// Throws UsageError when the output would overwrite the input.
void CheckNotInput(const std::string& output, const InputOptions& input);

/// Warns of what of the input was read as another letter, left out or not used, unless there was nothing.
void ReportInput(const formats::SequenceReader& input, Reporter& reporter);

}  // namespace agront::inference
