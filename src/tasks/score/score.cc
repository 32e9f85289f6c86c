// SPDX-License-Identifier: Apache-2.0
#include "agront/score.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "formats/printable.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/variants/variant_encoder.h"
#include "formats/variants/variant_index.h"
#include "inference/session.h"
#include "inference/start.h"
#include "tasks/score/chunk.h"
#include "tasks/score/score_fields.h"

namespace agront {
namespace {

using formats::VariantFormat;
using tasks::AlleleStatus;

/// What is wrong with the paths is said before a model is opened.
void CheckPaths(const ScoreOptions& options) {
  const std::string& output = options.job.output;
  CheckWritable(output, options.job.force);
  InputOptions input;
  input.fasta = options.variants;
  input.genome = options.genome;
  inference::CheckNotInput(output, input);
  inference::CheckName("variants", options.variants);
  inference::CheckName("genome", options.genome);
}

class ScoreJob {
 public:
  explicit ScoreJob(const ScoreOptions& options)
      : options_(options),
        reporter_(ReporterOf(options.job)),
        format_(formats::VariantFormatOf(options.job.output)),
        genome_(options.genome),
        bases_(genome_),
        names_(genome_.Names()),
        reader_(formats::OpenVariants(options.variants)) {
    OpenModel();
    MakeEncoder();
  }

  void Run() {
    OutputFile output(options_.job.output, options_.job.force);
    std::optional<OutputFile> beside;
    if (!output.is_stream()) beside.emplace(options_.job.output + ".json", options_.job.force);
    output.Write(encoder_->Header());
    ScoreAll(output);
    output.Write(encoder_->End());
    if (!beside) {
      output.Commit();
      return Report();
    }
    beside->Write(nlohmann::json(Described()).dump(2) + "\n");
    formats::RemoveVariantIndex(options_.job.output);
    output.CommitWith(*beside);
    Index();
    Report();
  }

 private:
  void OpenModel() {
    provenance_ = inference::DescribeProgram(options_.job);
    if (options_.scoring.scores.empty()) {
      constexpr int64_t kPublished = 1'024;
      plan_ = tasks::PlanOf(options_.scoring, options_.job.batch_tokens, kPublished);
      return;
    }
    engine_.emplace(inference::SourceOf(options_.job));
    engine_->ExpectLanguageModel();
    provenance_ = inference::DescribeRun(options_.job, *engine_);
    plan_ = tasks::PlanOf(options_.scoring, options_.job.batch_tokens, engine_->shape().max_tokens());
    scorer_.emplace(*engine_, bases_, plan_.options);
  }

  void MakeEncoder() {
    const formats::VcfHeader of_bcf = reader_->Header(true);
    formats::VcfHeader header = reader_->Header(format_ == VariantFormat::kBcf);
    std::string replaced;
    for (const std::string& key : tasks::ScoreKeys())
      if (header.RemoveInfo(key)) replaced += (replaced.empty() ? "" : ", ") + key;
    if (!replaced.empty())
      reporter_.Warn(fmt::format("{}: has {} already; the values are replaced", options_.variants, replaced));
    AddContigs(header);
    for (const std::string& line : tasks::HeaderLines(plan_, provenance_)) header.Insert(line);
    encoder_.emplace(format_, header, reader_->is_bcf() ? &of_bcf : nullptr, tasks::ScoreKeys(), options_.variants);
  }

  /// Lines for the sequences of the genome that the header has under no name.
  void AddContigs(formats::VcfHeader& header) {
    std::set<std::string> there;
    for (const std::string& contig : header.Contigs())
      if (const std::string* sequence = names_.Find(contig)) there.insert(*sequence);
    for (const std::string& name : genome_.Names()) {
      length_ = std::max(length_, genome_.Length(name));
      if (!there.contains(name)) header.Insert(fmt::format("##contig=<ID={},length={}>", name, genome_.Length(name)));
    }
  }

  void ScoreAll(OutputFile& output) {
    Progress progress(reporter_, "scoring", "variants");
    tasks::ChunkScorer scorer(plan_, bases_, names_, scorer_ ? &*scorer_ : nullptr, options_.mismatch_is_error);
    for (bool is_first = true;; is_first = false) {
      const double before = reader_->Progress();
      tasks::Chunk chunk = scorer.Read(*reader_);
      if (chunk.empty()) break;
      const double after = reader_->Progress();
      if (is_first) {
        scorer.CheckGenome(chunk, options_.variants, options_.genome);
        if (engine_) engine_->Load(options_.job.batch_tokens);
      }
      scorer.Score(chunk, [&](double share) {
        progress.Update(counts_.records, after < 0 ? -1 : before + (after - before) * share);
      });
      Write(chunk, output);
      progress.Update(counts_.records, after);
    }
  }

  void Write(tasks::Chunk& chunk, OutputFile& output) {
    constexpr size_t kPiece = 16'000'000;  // of text: lines may be long
    size_t bytes = 0;
    for (tasks::ScoredRecord& scored : chunk) {
      Count(scored);
      bytes += scored.record.line.size();
      encoder_->Add(scored.record, tasks::FieldsOf(plan_, scored.statuses, scored.scores), scored.place);
      scored.record = {};
      if (bytes > kPiece) output.Write(encoder_->TakePiece());
      if (bytes > kPiece) bytes = 0;
    }
    output.Write(encoder_->TakePiece());
  }

  void Count(const tasks::ScoredRecord& scored) {
    ++counts_.records;
    for (const AlleleStatus status : scored.statuses) ++counts_.alleles[static_cast<size_t>(status)];
    const formats::VariantRecord& record = scored.record;
    if (record.contig != contig_) counts_.is_sorted = counts_.is_sorted && contigs_.insert(record.contig).second;
    if (record.contig == contig_ && record.position < position_) counts_.is_sorted = false;
    contig_ = record.contig;
    position_ = record.position;
    length_ = std::max(length_, position_ + static_cast<int64_t>(record.reference.size()));
  }

  void Index() {
    if (format_ == VariantFormat::kVcf) return;
    if (!counts_.is_sorted)
      return reporter_.Warn(fmt::format("{}: no index is made, as its records are not sorted", options_.job.output));
    formats::WriteVariantIndex(options_.job.output, format_, length_ > formats::kLastOfTbi);
  }

  /// "12 scored, 3 use_pll".
  std::string Statuses() const {
    std::string text;
    for (int status = 0; status < tasks::kNumStatuses; ++status)
      if (const int64_t count = counts_.alleles[static_cast<size_t>(status)]; count > 0)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, WordOf(static_cast<AlleleStatus>(status)));
    return text.empty() ? "none" : text;
  }

  inference::Provenance Described() const {
    inference::Provenance described = provenance_;
    inference::AddText("variants", options_.variants, described);
    inference::AddText("genome", options_.genome, described);
    described["records"] = fmt::format("{}", counts_.records);
    described["alleles"] = Statuses();
    if (!scorer_) return described;
    described["window_bp"] = fmt::format("{}", plan_.window_bp);
    described["passes"] = fmt::format("{}", scorer_->passes());
    return described;
  }

  void Report() {
    if (const std::string note = names_.Note(); !note.empty()) reporter_.Note(note);
    for (const std::string& note : genome_.Notes()) reporter_.Warn(note);
    reporter_.Note(
        fmt::format("{} {}; alleles: {}", counts_.records, counts_.records == 1 ? "record" : "records", Statuses()));
  }

  struct Counts {
    int64_t records = 0;
    std::array<int64_t, tasks::kNumStatuses> alleles{};
    bool is_sorted = true;
  };

  const ScoreOptions& options_;
  Reporter& reporter_;
  VariantFormat format_;
  formats::IndexedFasta genome_;
  data::GenomeBases bases_;
  tasks::ContigNames names_;
  std::unique_ptr<formats::VariantReader> reader_;
  std::optional<inference::Engine> engine_;
  inference::Provenance provenance_;
  tasks::ScorePlan plan_;
  std::optional<inference::VariantScorer> scorer_;
  std::optional<formats::VariantEncoder> encoder_;
  Counts counts_;
  int64_t length_ = 0;  // the largest position, or length of a sequence
  std::string contig_;  // of the last record
  int64_t position_ = 0;
  std::set<std::string> contigs_;  // so far
};

}  // namespace

void Score(const ScoreOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  CheckPaths(options);
  ScoreJob(options).Run();
}

}  // namespace agront
