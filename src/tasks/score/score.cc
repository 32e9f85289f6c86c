// SPDX-License-Identifier: Apache-2.0
#include "agront/score.h"

#include "base/error.h"
#include "base/reporter.h"
#include "inference/session.h"
#include "inference/start.h"
#include "ranks/communicator.h"
#include "tasks/score/score_job.h"
#include "tasks/score/whole_output.h"
#include "training/over_ranks.h"

namespace agront {
namespace {

/// What is wrong with the paths is said before a model is opened.
void CheckPaths(const ScoreOptions& options) {
  const std::string& output = options.job.output;
  if (options.shards < 1 || options.shard < 1 || options.shard > options.shards)
    FailUsage("shard: expected I/N with I from 1 to N, got {}/{}", options.shard, options.shards);
  if (options.chunk_records < 0) FailUsage("chunk-records: expected 1 or more, got {}", options.chunk_records);
  tasks::CheckOutputs(output, options.report, options.job.force);
  InputOptions input;
  input.fasta = options.variants;
  input.genome = options.genome;
  for (const std::string& path : {output, options.report}) inference::CheckNotInput(path, input);
  inference::CheckName("variants", options.variants);
  inference::CheckName("genome", options.genome);
  if (!options.contig_names.empty() && options.genome.empty())
    FailUsage("contig-names: expected a genome, whose names they are, got none");
}

/// What is read once, and written as it is made, is for one process.
void CheckShared(const ScoreOptions& options, int ranks) {
  const bool is_shared = options.shards > 1 || ranks > 1;
  const char* which = options.shards > 1 ? "all shards" : "all processes";
  if (is_shared && options.variants == "-")
    FailUsage("variants: expected a file, which {} read, got standard input", which);
  if (is_shared && tasks::IsStream(options.job.output))
    FailUsage("output: expected a file to write, for the work of {}, got a stream", which);
}

}  // namespace

void Score(const ScoreOptions& options) {
  training::OverRanks(options.job.reporter, [&](ranks::Communicator& ranks, Reporter& reporter) {
    const ThreadsOfCall threads = inference::Start(options.job);
    CheckPaths(options);
    CheckShared(options, ranks.size());
    try {
      tasks::ScoreJob(options, ranks, reporter).Run();
    } catch (const Stopped&) {
      ranks.EndAllAtExit();  // the others may wait for this one
      throw;
    }
  });
}

}  // namespace agront
