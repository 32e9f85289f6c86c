// SPDX-License-Identifier: Apache-2.0
#include "agront/predict.h"

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/labelled/read_labelled_set.h"
#include "inference/provenance.h"
#include "inference/start.h"
#include "inference/table_output.h"
#include "tasks/finetune/output_words.h"
#include "tasks/predict/finetuned_predictor.h"
#include "tasks/predict/predict_track.h"
#include "tasks/predict/prediction_packer.h"

namespace agront {
namespace {

std::vector<std::string> ColumnsOf(const PredictionTask& task, bool has_regions) {
  std::vector<std::string> outputs = tasks::PredictedColumns(task);
  if (has_regions || task.kind == TaskKind::kToken) return inference::ColumnsOfBases("id", has_regions, outputs);
  outputs.insert(outputs.begin(), "id");
  return outputs;
}

/// The rows of one sequence.
class RowWriter {
 public:
  RowWriter(const data::LabelledSet& set, formats::TableWriter& table) : set_(set), table_(table) {}

  void Write(int64_t number, std::span<const data::ExampleWindow> windows, const tasks::PredictionRows& rows) {
    if (set_.task().kind == TaskKind::kToken)
      WriteTokens(number, windows, rows);
    else
      WriteRow(number, 0, set_.length(number), rows[0]);
    table_.EndRecord();
  }

 private:
  void WriteTokens(int64_t number, std::span<const data::ExampleWindow> windows, const tasks::PredictionRows& rows) {
    size_t row = 0;
    for (const data::ExampleWindow& window : windows) {
      for (size_t t = 0; t < window.tokens.size(); ++t, ++row) {
        if (window.tokens.begin[t] == window.tokens.end[t]) continue;  // <cls>
        WriteRow(number, window.start + window.tokens.begin[t], window.start + window.tokens.end[t], rows[row]);
      }
    }
  }

  void WriteRow(int64_t number, int64_t start, int64_t end, const std::vector<double>& values) {
    constexpr int kDigits = 7;
    if (set_.has_placements()) {
      const genome::Placement placement = set_.placement(number);
      inference::WriteBases(table_, set_.id(number), &placement, start, end);
    } else if (set_.task().kind == TaskKind::kToken) {
      inference::WriteBases(table_, set_.id(number), nullptr, start, end);
    } else {
      table_.Text(set_.id(number));
    }
    for (const double value : values) table_.Number(value, kDigits);
    table_.EndRow();
  }

  const data::LabelledSet& set_;
  formats::TableWriter& table_;
};

void PredictSequences(const PredictOptions& options, tasks::FinetunedPredictor& predictor,
                      inference::Provenance provenance) {
  LabelledInput input = options.data;
  input.without_labels = true;
  input.keeps_repeated_ids = true;
  const std::string warning = predictor.FitInput(input);
  CheckWritable(options.job.output, options.job.force);
  const data::LabelledSet set = data::ReadLabelledSet(input, predictor.task());
  const bool cuts_windows = predictor.task().kind == TaskKind::kToken && set.has_placements();
  if (!options.any_length && !cuts_windows) predictor.CheckLengths(set);
  inference::AddNotes(set.notes(), provenance);
  formats::TableWriter table(options.job.output, ColumnsOf(predictor.task(), set.has_placements()),
                             inference::TableOptionsOf(options.job, provenance));
  RowWriter rows(set, table);
  tasks::PredictionPacker packer(
      predictor, options,
      [&](int64_t number, std::span<const data::ExampleWindow> windows, const tasks::PredictionRows& predictions) {
        rows.Write(number, windows, predictions);
      });
  Reporter& reporter = ReporterOf(options.job);
  if (!warning.empty()) reporter.Warn(warning);
  for (const std::string& note : set.notes()) reporter.Note(note);
  Progress progress(reporter, "predicting", "tokens");
  inference::WriteRows(table, [&] {
    for (int64_t i = 0; i < set.size(); ++i) {
      packer.Add(set.Bases(i), set.place(i));
      progress.Update(packer.tokens(), static_cast<double>(i + 1) / static_cast<double>(set.size()));
    }
    packer.Flush();
  });
  progress.End();
  table.Commit();
}

}  // namespace

void Predict(const PredictOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  const bool is_track = !options.genome.empty();
  if (is_track && (options.window_bp == 0 || options.stride_bp == 0))
    FailUsage("--window-bp and --stride-bp: expected both with --genome alone");
  tasks::FinetunedPredictor predictor(options.finetuned, options.job);
  if (options.strands == Strands::kBoth && predictor.task().kind == TaskKind::kToken)
    FailUsage("--strands: a task per token is predicted on one strand");
  const inference::Provenance provenance = predictor.Describe(options.job);
  if (is_track)
    tasks::PredictTrack(options, predictor, provenance);
  else
    PredictSequences(options, predictor, provenance);
}

}  // namespace agront
