// SPDX-License-Identifier: Apache-2.0
#include "inference/session.h"

#include <filesystem>

#include "base/error.h"
#include "base/output_file.h"
#include "base/reporter.h"
#include "inference/precision.h"
#include "inference/start.h"
#include "tensor/precision.h"

namespace agront::inference {
namespace {

/// What is wrong with the output is said before a model is opened.
EngineSource CheckedSource(const JobOptions& job, const InputOptions& input) {
  CheckWritable(job.output, job.force);
  CheckNotInput(job.output, input);
  return SourceOf(job);
}

}  // namespace

void CheckNotInput(const std::string& output, const InputOptions& input) {
  std::error_code missing;
  for (const std::string& path : {input.fasta, input.genome, input.regions})
    if (std::filesystem::is_regular_file(path, missing) && std::filesystem::equivalent(path, output, missing))
      FailUsage("output: expected another file than the input {}", path);
}

EngineSource SourceOf(const JobOptions& job) {
  return {.model = job.model, .adapter = job.adapter, .precision = job.precision, .device = job.device};
}

Session::Session(const JobOptions& job, const InputOptions& input)
    : job_(job),
      threads_(Start(job)),
      engine_(CheckedSource(job, input)),
      provenance_(DescribeRun(job, engine_)),
      has_regions_(input.has_regions()),
      batches_(std::make_shared<EntryBatches>(
          data::EntryReader(data::OpenInput(input), shape().max_tokens(), input.overlap), job.batch_tokens)) {}

void Session::ForEachBatch(const std::string& label, const Compute& compute, const Write& write) {
  Reporter& reporter = ReporterOf(job_);
  if (job_.precision == kAutoPrecision) reporter.Note(fmt::format("precision: {}", tensor::Name(engine_.precision())));
  RunBatches<model::ForwardOutput>(
      engine_, batches_, {.label = label, .batch_tokens = job_.batch_tokens, .reporter = reporter}, compute, write);
  ReportInput(batches_->input(), reporter);
  AddNotes(batches_->input().Notes(), provenance_);
}

void ReportInput(const formats::SequenceReader& input, Reporter& reporter) {
  const formats::LetterCounts& counts = input.counts();
  if (counts.ambiguous > 0)
    reporter.Warn(fmt::format("{} IUPAC letters (RYSWKMBDHV) were read as N", counts.ambiguous));
  if (counts.uracil > 0) reporter.Warn(fmt::format("{} letters U were read as T", counts.uracil));
  for (const std::string& note : input.Notes()) reporter.Warn(note);
}

}  // namespace agront::inference
