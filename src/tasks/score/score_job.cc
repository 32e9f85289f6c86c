// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/score_job.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "formats/variants/variant_index.h"
#include "inference/session.h"
#include "tasks/score/chunk_folder.h"
#include "tasks/score/part_file.h"
#include "tasks/score/run_key.h"

namespace agront::tasks {
namespace {

/// Pieces go to the output as they are made.
class DirectStore final : public ChunkStore {
 public:
  explicit DirectStore(OutputFile& output) : output_(output) {}

  const DoneChunk* Find(int64_t /*chunk*/) const override { return nullptr; }
  void Begin(int64_t /*chunk*/) override {}
  void Write(std::string_view bytes) override { output_.Write(bytes); }
  void End(DoneChunk done) override { summary_.Add(done); }

  const Summary& summary() const { return summary_; }

 private:
  OutputFile& output_;
  Summary summary_;
};

}  // namespace

bool IsStream(const std::string& output) {
  std::error_code missing;
  return output == "-" || output.starts_with("/dev/") || output.starts_with("/proc/self/fd/") ||
         (std::filesystem::exists(output, missing) && !std::filesystem::is_regular_file(output, missing));
}

ScoreJob::ScoreJob(const ScoreOptions& options, ranks::Communicator& ranks, Reporter& reporter)
    : options_(options),
      ranks_(ranks),
      reporter_(reporter),
      format_(formats::VariantFormatOf(options.job.output)),
      reader_(formats::OpenVariants(options.variants)),
      bases_(OpenGenome()),
      names_(genome_ ? genome_->Names() : std::vector<std::string>()) {
  if (!options_.contig_names.empty()) names_.ReadTable(options_.contig_names);
  OpenModel();
  MakeEncoder();
}

const formats::GenomeSequences& ScoreJob::OpenGenome() {
  if (!options_.genome.empty()) return genome_.emplace(options_.genome);
  if (!reader_->has_bases())
    FailUsage("genome: expected a genome in FASTA: only tables with columns sequence and start go without");
  return rows_;
}

void ScoreJob::Run() {
  if (options_.variants == "-" || IsStream(options_.job.output)) return RunDirectly();
  RunInChunks();
}

void ScoreJob::OpenModel() {
  provenance_ = inference::DescribeProgram(options_.job);
  if (options_.scoring.scores.empty()) {
    constexpr int64_t kPublished = 1'024;
    plan_ = PlanOf(options_.scoring, options_.job.batch_tokens, kPublished);
    return;
  }
  engine_.emplace(inference::SourceOf(options_.job));
  engine_->ExpectLanguageModel();
  provenance_ = inference::DescribeRun(options_.job, *engine_);
  plan_ = PlanOf(options_.scoring, options_.job.batch_tokens, engine_->shape().max_tokens());
  scorer_.emplace(*engine_, bases_, plan_.options);
}

void ScoreJob::MakeEncoder() {
  formats::VcfHeader header = reader_->Header(false);
  const std::set<std::string, std::less<>> ours = ScoreKeys();
  formats::AddedFields added{.keys = AskedKeys(plan_), .replaced = ours, .header_lines = LinesOfContigs(header)};
  std::string replaced;
  for (const std::string& key : ours)
    if (header.RemoveInfo(key)) replaced += (replaced.empty() ? "" : ", ") + key;
  if (!replaced.empty())
    reporter_.Warn(fmt::format("{}: has {} already; the values are replaced", options_.variants, replaced));
  for (std::string& line : HeaderLines(plan_, provenance_)) added.header_lines.push_back(std::move(line));
  encoder_ = formats::MakeVariantEncoder(format_, *reader_, added);
}

/// For the sequences of the genome that the header has under no name.
std::vector<std::string> ScoreJob::LinesOfContigs(const formats::VcfHeader& header) {
  std::set<std::string> there;
  for (const std::string& contig : header.Contigs())
    if (const std::string* sequence = names_.Find(contig)) there.insert(*sequence);
  std::vector<std::string> lines;
  if (!genome_) return lines;
  for (const std::string& name : genome_->Names())
    if (!there.contains(name)) lines.push_back(fmt::format("##contig=<ID={},length={}>", name, genome_->Length(name)));
  return lines;
}

/// What cannot be read again is scored in one go, and what cannot be taken back is written as it is made.
void ScoreJob::RunDirectly() {
  OutputFile output(options_.job.output, options_.job.force);
  std::optional<OutputFile> beside;
  if (!output.is_stream()) {
    beside.emplace(options_.job.output + ".json", options_.job.force);
    reporter_.Note("standard input cannot be read again: a run that is stopped begins at the first record");
  }
  DirectStore store(output);
  output.Write(encoder_->Header());
  ScoreInto(store, {});
  output.Write(encoder_->End());
  const WholeOutput whole = Whole(Described());
  if (beside) {
    beside->Write(nlohmann::json(WithCounts(whole.provenance, store.summary())).dump(2) + "\n");
    formats::RemoveVariantIndex(options_.job.output);
    output.CommitWith(*beside);
    IndexWhole(whole, store.summary(), reporter_);
  } else {
    output.Commit();
  }
  WriteReport(whole, store.summary());
  Report();
  reporter_.Note(store.summary().Text());
}

void ScoreJob::RunInChunks() {
  const std::string header = encoder_->Header();
  const RunKey key = KeyOf(options_, plan_, provenance_, format_, header, genome_ ? &*genome_ : nullptr);
  ChunkFolder folder(options_.job.output + ".unfinished", key, options_.job.force, ranks_);
  const ChunkShare share = {.remainder = options_.shard - 1 + options_.shards * ranks_.rank(),
                            .of = options_.shards * ranks_.size()};
  const int64_t chunks = ScoreInto(folder, share);
  const std::vector<Piece> pieces = folder.Finish(chunks);
  if (ranks_.rank() > 0) return;
  inference::Provenance provenance = Described();
  provenance["chunks"] = fmt::format("{}", pieces.size());
  provenance["chunks_found_done"] = fmt::format("{}", folder.found());
  if (options_.shards > 1) {
    provenance["shard"] = fmt::format("{}/{}", options_.shard, options_.shards);
    WritePartManifest(options_.job.output, key, chunks, pieces);
  }
  WholeOutput whole = Whole(std::move(provenance));
  whole.header = header;
  whole.end = encoder_->End();
  whole.longest_sequence = key.longest_sequence;
  Report();
  WriteWhole(whole, pieces, reporter_);
  folder.Clear();
}

int64_t ScoreJob::ScoreInto(ChunkStore& store, const ChunkShare& share) {
  GroupScorer scorer(plan_, bases_, names_, scorer_ ? &*scorer_ : nullptr, options_.mismatch_is_error,
                     genome_ ? nullptr : &rows_);
  const ChunkSettings settings{.records = ChunkRecords(options_),
                               .share = share,
                               .variants = options_.variants,
                               .genome = genome_ ? options_.genome : "the sequences in it"};
  const auto load = [&] {
    if (engine_) engine_->Load(options_.job.batch_tokens);
  };
  const auto passes = [&] { return scorer_ ? scorer_->passes() : 0; };
  return ChunkLoop(settings, *reader_, plan_, scorer, *encoder_, load, passes, reporter_).Run(store);
}

inference::Provenance ScoreJob::Described() const {
  inference::Provenance described = provenance_;
  inference::AddText("variants", options_.variants, described);
  if (genome_) inference::AddText("genome", options_.genome, described);
  if (!options_.contig_names.empty()) inference::AddText("contig_names", options_.contig_names, described);
  if (scorer_) described["window_bp"] = fmt::format("{}", plan_.window_bp);
  return described;
}

WholeOutput ScoreJob::Whole(inference::Provenance provenance) const {
  WholeOutput whole{.path = options_.job.output,
                    .report = options_.report,
                    .force = options_.job.force,
                    .format = format_,
                    .header = {},
                    .end = {},
                    .provenance = std::move(provenance)};
  if (!genome_) return whole;
  for (const std::string& name : genome_->Names())
    whole.longest_sequence = std::max(whole.longest_sequence, genome_->Length(name));
  return whole;
}

void ScoreJob::Report() {
  if (const std::string note = names_.Note(); !note.empty()) reporter_.Note(note);
  if (!genome_) return;
  if (const std::string note = names_.NotFound(); !note.empty()) reporter_.Note(note);
  for (const std::string& note : genome_->Notes()) reporter_.Warn(note);
}

}  // namespace agront::tasks
