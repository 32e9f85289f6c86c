// SPDX-License-Identifier: Apache-2.0
#include "inference/session.h"

#include <filesystem>

#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "inference/overlapped.h"
#include "inference/precision.h"
#include "inference/start.h"
#include "model/embedded_model.h"
#include "model/memory_plan.h"
#include "tensor/precision.h"

namespace agront::inference {
namespace {

std::unique_ptr<model::Checkpoint> CheckAndOpen(const JobOptions& job, const InputOptions& input) {
  CheckWritable(job.output, job.force);
  CheckNotInput(job.output, input);
  return model::OpenModel(job.model, job.adapter);
}

}  // namespace

void CheckNotInput(const std::string& output, const InputOptions& input) {
  std::error_code missing;
  for (const std::string& path : {input.fasta, input.genome, input.regions})
    if (std::filesystem::is_regular_file(path, missing) && std::filesystem::equivalent(path, output, missing))
      FailUsage("output: expected another file than the input {}", path);
}

Session::Session(const JobOptions& job, const InputOptions& input)
    : job_(job),
      threads_(Start(job)),
      checkpoint_(CheckAndOpen(job, input)),
      precision_(ChoosePrecision(job.precision, *checkpoint_)),
      provenance_(DescribeRun(job, *checkpoint_)),
      has_regions_(input.has_regions()),
      entries_(data::OpenInput(input), checkpoint_->shape().max_tokens(), input.overlap) {}

void Session::ExpectLanguageModel() const {
  if (!checkpoint_->HasLanguageModelHead())
    Fail("{}: expected a masked language model, got one without a language-model head (tensor lm_head.decoder.weight)",
         checkpoint_->path());
}

model::AgroNT& Session::model() {
  if (!model_) {
    model_ = std::make_unique<model::AgroNT>(checkpoint_->shape(), *checkpoint_, precision_);
    const model::MemoryPlan plan = model::PlanMemory(*checkpoint_, precision_, job_.batch_tokens);
    try {
      model_->Reserve(plan.rows);
    } catch (const std::bad_alloc&) {
      Fail("batch-tokens {}: expected {:.0f} MB of memory for activations, got less", job_.batch_tokens,
           static_cast<double>(plan.activations) / 1e6);
    }
  }
  return *model_;
}

void Session::ForEachBatch(const std::string& label, const Compute& compute, const Write& write) {
  struct Item {
    data::EntryBatch packed;
    double read_share = 0;  // of the input, when this batch was read
    model::ForwardOutput output;
  };
  data::BatchReader batches(entries_, job_.batch_tokens);
  Reporter& reporter = ReporterOf(job_);
  if (job_.precision == "auto") reporter.Note(fmt::format("precision: {}", tensor::Name(precision_)));
  Progress progress(reporter, label, "tokens");
  int64_t tokens = 0;
  RunOverlapped<Item>(
      [&](Item& item) {
        const bool has_more = batches.Next(item.packed);
        item.read_share = entries_.input().Progress();
        return has_more;
      },
      [&](Item& item) {
        compute(item.packed, item.output);
        tokens += static_cast<int64_t>(item.packed.batch.tokens.size());
        progress.Update(tokens, item.read_share);
      },
      [&](Item& item) { write(item.packed, item.output); });
  progress.End();
  ReportInput(entries_.input(), reporter);
  AddNotes(entries_.input().Notes(), provenance_);
}

void ReportInput(const formats::SequenceReader& input, Reporter& reporter) {
  const formats::LetterCounts& counts = input.counts();
  if (counts.ambiguous > 0)
    reporter.Warn(fmt::format("{} IUPAC letters (RYSWKMBDHV) were read as N", counts.ambiguous));
  if (counts.uracil > 0) reporter.Warn(fmt::format("{} letters U were read as T", counts.uracil));
  for (const std::string& note : input.Notes()) reporter.Warn(note);
}

}  // namespace agront::inference
