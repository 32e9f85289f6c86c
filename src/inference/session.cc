// SPDX-License-Identifier: Apache-2.0
#include "inference/session.h"

#include "base/error.h"
#include "base/output_file.h"
#include "base/parallel.h"
#include "model/embedded_model.h"

namespace agront::inference {

Session::Session(const JobOptions& job) : job_(job) {
  if (job.threads < 0) FailUsage("threads: expected 0 (one per core) or more, got {}", job.threads);
  if (job.batch_tokens < 1) FailUsage("batch-tokens: expected at least 1, got {}", job.batch_tokens);
  CheckWritable(job.output, job.force);
  SetThreads(job.threads);
  const auto checkpoint = model::OpenModel(job.model);
  provenance_ = DescribeRun(job, *checkpoint);
  model_ = std::make_unique<model::AgroNT>(checkpoint->shape(), *checkpoint);
}

void Session::ForEachBatch(const InputOptions& input, const std::string& label,
                           const std::function<void(const data::EntryBatch&)>& work) {
  data::EntryReader entries(data::OpenInput(input), model_->shape().max_tokens(), input.overlap);
  data::BatchReader batches(entries, job_.batch_tokens);
  Progress progress(label, "tokens", job_.quiet);
  data::EntryBatch packed;
  int64_t tokens = 0;
  while (batches.Next(packed)) {
    work(packed);
    tokens += static_cast<int64_t>(packed.batch.tokens.size());
    progress.Update(tokens, entries.input().Progress());
  }
  ReportLetters(entries.input().counts(), progress);
}

void ReportLetters(const formats::LetterCounts& counts, Progress& progress) {
  if (counts.ambiguous > 0)
    progress.Note(fmt::format("warning: {} IUPAC letters (RYSWKMBDHV) were read as N", counts.ambiguous));
  if (counts.uracil > 0) progress.Note(fmt::format("warning: {} letters U were read as T", counts.uracil));
}

}  // namespace agront::inference
