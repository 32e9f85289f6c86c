// SPDX-License-Identifier: Apache-2.0
#include "agront/predict.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/output_file.h"
#include "base/reporter.h"
#include "data/labelled/sources/labelled_source.h"
#include "formats/printable.h"
#include "formats/sequences/feature_types.h"
#include "inference/output_words.h"
#include "inference/prediction_batches.h"
#include "inference/provenance.h"
#include "inference/session.h"
#include "inference/start.h"
#include "inference/table_output.h"
#include "tasks/predict/predict_track.h"

namespace agront {
namespace {

std::vector<std::string> ColumnsOf(const PredictionTask& task, bool has_regions) {
  std::vector<std::string> outputs = inference::PredictedColumns(task);
  if (has_regions || task.kind == TaskKind::kToken) return inference::ColumnsOfBases("id", has_regions, outputs);
  outputs.insert(outputs.begin(), "id");
  return outputs;
}

struct Sequence {
  std::string id;
  std::string bases;
  std::string place;
  std::optional<genome::Placement> placement;
  int64_t length = 0;

  const std::string& Place() const { return place; }
};

/// The sequences of an input, whose labels are not read.
class Sequences {
 public:
  /// Reads the first one, which says whether they have places in a genome.
  Sequences(const LabelledInput& input, std::shared_ptr<const inference::FinetunedPredictor> predictor, bool any_length)
      : predictor_(std::move(predictor)),
        name_(input.path.empty() ? input.genome : input.path),
        source_(data::OpenLabelledSource(input, predictor_->task().kind == TaskKind::kToken)),
        any_length_(any_length) {
    if (!source_->Next(next_)) Fail("{}: expected sequences, got none", name_);
  }

  bool has_placements() const { return next_.placement.has_value(); }

  bool Next(Sequence& sequence) {
    if (is_over_) return false;
    sequence = {.id = std::move(next_.id),
                .bases = std::move(next_.bases),
                .place = std::move(next_.place),
                .placement = std::move(next_.placement)};
    sequence.length = static_cast<int64_t>(sequence.bases.size());
    const bool is_cut = predictor_->task().kind == TaskKind::kToken && sequence.placement;  // into windows
    if (!any_length_ && !is_cut)
      predictor_->CheckLength(sequence.length, fmt::format("{}: {}", sequence.place, formats::Printable(sequence.id)));
    is_over_ = !source_->Next(next_);
    return true;
  }

  double Progress() const { return is_over_ ? 1 : source_->Progress(); }

  /// Warns of input that was read differently, once all was read.
  std::vector<std::string> Notes() const {
    std::vector<std::string> notes = source_->Notes();
    if (source_->letters().ambiguous > 0)
      notes.push_back(fmt::format("{}: {} IUPAC letters are read as N", name_, source_->letters().ambiguous));
    if (source_->letters().uracil > 0)
      notes.push_back(fmt::format("{}: {} letters U are read as T", name_, source_->letters().uracil));
    return notes;
  }

 private:
  std::shared_ptr<const inference::FinetunedPredictor> predictor_;
  std::string name_;
  std::unique_ptr<data::LabelledSource> source_;
  bool any_length_;
  data::LabelledRecord next_;
  bool is_over_ = false;
};

/// The rows of one sequence.
class RowWriter {
 public:
  RowWriter(const PredictionTask& task, formats::TableWriter& table)
      : is_per_token_(task.kind == TaskKind::kToken), table_(table) {}

  void Write(const Sequence& sequence, const inference::SequencePrediction& prediction) {
    if (is_per_token_)
      WriteTokens(sequence, prediction);
    else
      WriteRow(sequence, 0, sequence.length, prediction.rows[0]);
    table_.EndRecord();
  }

 private:
  void WriteTokens(const Sequence& sequence, const inference::SequencePrediction& prediction) {
    size_t row = 0;
    for (const data::ExampleWindow& window : prediction.windows) {
      for (size_t t = 0; t < window.tokens.size(); ++t, ++row) {
        if (window.tokens.begin[t] == window.tokens.end[t]) continue;  // <cls>
        WriteRow(sequence, window.start + window.tokens.begin[t], window.start + window.tokens.end[t],
                 prediction.rows[row]);
      }
    }
  }

  void WriteRow(const Sequence& sequence, int64_t start, int64_t end, const std::vector<double>& values) {
    constexpr int kDigits = 7;
    if (sequence.placement || is_per_token_)
      inference::WriteBases(table_, sequence.id, sequence.placement ? &*sequence.placement : nullptr, start, end);
    else
      table_.Text(sequence.id);
    for (const double value : values) table_.Number(value, kDigits);
    table_.EndRow();
  }

  bool is_per_token_;
  formats::TableWriter& table_;
};

void PredictSequences(const PredictOptions& options, const std::shared_ptr<inference::FinetunedPredictor>& predictor,
                      inference::Provenance provenance) {
  LabelledInput input = options.data;
  input.without_labels = true;
  const std::string warning = predictor->FitInput(input);
  CheckWritable(options.job.output, options.job.force);
  formats::CheckFeatureTypes({input.path}, input.feature);
  const auto sequences = std::make_shared<Sequences>(input, predictor, options.any_length);
  formats::TableWriter table(options.job.output, ColumnsOf(predictor->task(), sequences->has_placements()),
                             inference::TableOptionsOf(options.job, provenance));
  RowWriter rows(predictor->task(), table);
  Reporter& reporter = ReporterOf(options.job);
  if (!warning.empty()) reporter.Warn(warning);
  const auto batches = std::make_shared<inference::PredictionBatches<Sequence>>(
      predictor, options.strands, options.job.batch_tokens,
      [sequences](Sequence& sequence) { return sequences->Next(sequence); },
      [sequences] { return sequences->Progress(); });
  inference::WriteRows(table, [&] {
    inference::PredictAll<Sequence>(
        *predictor, batches, options.strands,
        {.label = "predicting", .batch_tokens = options.job.batch_tokens, .reporter = reporter},
        [&](const Sequence& sequence, const inference::SequencePrediction& prediction) {
          rows.Write(sequence, prediction);
        });
  });
  for (const std::string& note : sequences->Notes()) reporter.Note(note);
  inference::AddNotes(sequences->Notes(), provenance);
  table.SetProvenance(provenance);
  table.Commit();
}

}  // namespace

void Predict(const PredictOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  const bool is_track = !options.genome.empty();
  if (is_track && (options.window_bp == 0 || options.stride_bp == 0))
    FailUsage("--window-bp and --stride-bp: expected both with --genome alone");
  const auto predictor =
      std::make_shared<inference::FinetunedPredictor>(options.finetuned, inference::SourceOf(options.job));
  if (options.strands == Strands::kBoth && predictor->task().kind == TaskKind::kToken)
    FailUsage("--strands: a task per token is predicted on one strand");
  const inference::Provenance provenance = predictor->Describe(options.job);
  if (is_track)
    tasks::PredictTrack(options, predictor, provenance);
  else
    PredictSequences(options, predictor, provenance);
}

}  // namespace agront
