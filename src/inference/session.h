// SPDX-License-Identifier: Apache-2.0
// What the jobs have in common: the model, the input as packed batches, progress and warnings.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agront/job.h"
#include "base/progress.h"
#include "data/entry_reader.h"
#include "inference/provenance.h"
#include "model/agront.h"

namespace agront::inference {

class Session {
 public:
  /// Opens the model and reads its weights; sets the number of threads. Refuses an output that exists first, because
  /// that costs nothing.
  explicit Session(const JobOptions& job);

  model::AgroNT& model() { return *model_; }
  const Provenance& provenance() const { return provenance_; }

  /// Calls `work` with the input's entries, packed up to the job's budget, in order. Shows progress labelled `label`
  /// and, at the end, how many letters were read as others.
  void ForEachBatch(const InputOptions& input, const std::string& label,
                    const std::function<void(const data::EntryBatch&)>& work);

 private:
  JobOptions job_;
  Provenance provenance_;
  std::unique_ptr<model::AgroNT> model_;
};

/// Says on standard error how many letters of the input were read as others, unless there were none.
void ReportLetters(const formats::LetterCounts& counts, Progress& progress);

}  // namespace agront::inference
