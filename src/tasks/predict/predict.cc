// SPDX-License-Identifier: Apache-2.0
#include "agront/predict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "data/entry_reader.h"
#include "data/labelled/read_labelled_set.h"
#include "genome/nucleotide.h"
#include "inference/provenance.h"
#include "inference/session.h"
#include "inference/start.h"
#include "tasks/predict/finetuned_predictor.h"
#include "tasks/predict/sliding_windows.h"

namespace agront {
namespace {

using Rows = std::vector<std::vector<double>>;

/// Sequences packed for the model, and where their predictions go when there are enough.
class Packer {
 public:
  /// `use` gets the number of each sequence, in order, its windows, and its rows: one, or for a task per token one for
  /// each token.
  using Use = std::function<void(int64_t number, std::span<const data::ExampleWindow> windows, const Rows& rows)>;

  Packer(tasks::FinetunedPredictor& predictor, const PredictOptions& options, Use use)
      : predictor_(predictor), options_(options), use_(std::move(use)) {}

  void Add(const std::string& bases, const std::string& place) {
    predictor_.Add(bases, place, batch_);
    if (options_.strands == Strands::kBoth) {
      std::string other = bases;
      genome::ReverseComplement(other);
      predictor_.Add(other, place, batch_);
    }
    if (batch_.tokens() >= options_.job.batch_tokens) Flush();
  }

  void Flush() {
    if (batch_.windows.empty()) return;
    const Rows rows = predictor_.Predict(batch_);
    tokens_ += batch_.tokens();
    const bool is_per_token = predictor_.task().kind == TaskKind::kToken;
    const size_t strands = options_.strands == Strands::kBoth ? 2 : 1;
    size_t window = 0, row = 0;
    for (size_t i = 0; i < batch_.windows.size(); i += strands) {
      const auto windows = static_cast<size_t>(batch_.windows[i]);
      const auto cut = std::span(batch_.cut).subspan(window, windows);
      size_t of_sequence = 1;
      if (is_per_token) {
        of_sequence = 0;
        for (const data::ExampleWindow& one : cut) of_sequence += one.tokens.size();
      }
      Rows own(rows.begin() + static_cast<int64_t>(row), rows.begin() + static_cast<int64_t>(row + of_sequence));
      if (strands == 2)
        std::ranges::transform(own[0], rows[row + 1], own[0].begin(), [](double a, double b) { return (a + b) / 2; });
      use_(number_++, cut, own);
      row += of_sequence * strands;
      for (size_t strand = 0; strand < strands; ++strand) window += static_cast<size_t>(batch_.windows[i + strand]);
    }
    batch_ = {};
  }

  int64_t tokens() const { return tokens_; }

 private:
  tasks::FinetunedPredictor& predictor_;
  const PredictOptions& options_;
  Use use_;
  tasks::PredictionBatch batch_;
  int64_t number_ = 0;
  int64_t tokens_ = 0;
};

std::string Header(const PredictionTask& task) {
  std::string header = task.kind == TaskKind::kToken ? "#id\tstart\tend" : "#id";
  if (task.kind == TaskKind::kBinary) return header + "\tpredicted\n";
  for (const std::string& output : task.outputs) header += "\tpredicted_" + output;
  return header + "\n";
}

std::string Values(const std::vector<double>& row) {
  std::string text;
  for (const double value : row) text += fmt::format("\t{:.7g}", value);
  return text + "\n";
}

void PredictSequences(const PredictOptions& options, tasks::FinetunedPredictor& predictor, OutputFile& output) {
  LabelledInput input = options.data;
  input.without_labels = true;
  input.keeps_repeated_ids = true;
  if (input.window.empty()) input.window = predictor.description().window;
  const data::LabelledSet set = data::ReadLabelledSet(input, predictor.task());
  const bool is_per_token = predictor.task().kind == TaskKind::kToken;
  output.Write(inference::NoteLines(set.notes()) + Header(predictor.task()));
  Packer packer(predictor, options,
                [&](int64_t number, std::span<const data::ExampleWindow> windows, const Rows& rows) {
                  if (!is_per_token) return output.Write(fmt::format("{}{}", set.id(number), Values(rows[0])));
                  size_t row = 0;
                  for (const data::ExampleWindow& window : windows) {
                    for (size_t t = 0; t < window.tokens.size(); ++t, ++row) {
                      if (window.tokens.begin[t] == window.tokens.end[t]) continue;  // <cls>
                      output.Write(fmt::format("{}\t{}\t{}{}", set.id(number), window.start + window.tokens.begin[t],
                                               window.start + window.tokens.end[t], Values(rows[row])));
                    }
                  }
                });
  Progress progress("predicting", "tokens", options.job.quiet);
  for (const std::string& note : set.notes()) progress.Note(note);
  for (int64_t i = 0; i < set.size(); ++i) {
    packer.Add(set.Bases(i), set.place(i));
    progress.Update(packer.tokens(), static_cast<double>(i + 1) / static_cast<double>(set.size()));
  }
  packer.Flush();
}

size_t TrackOutput(const PredictOptions& options, const PredictionTask& task) {
  if (options.track.empty()) return 0;
  const auto found = std::ranges::find(task.outputs, options.track);
  if (found == task.outputs.end())
    FailUsage("--track: expected one of {}, got {:?}", fmt::join(task.outputs, ", "), options.track);
  return static_cast<size_t>(found - task.outputs.begin());
}

void PredictTrack(const PredictOptions& options, tasks::FinetunedPredictor& predictor, OutputFile& output) {
  const PredictionTask& task = predictor.task();
  if (task.kind == TaskKind::kToken) FailUsage("--window-bp: expected a task per sequence, got one per token");
  const size_t column = TrackOutput(options, task);
  InputOptions genome;
  genome.fasta = options.genome;
  tasks::SlidingWindows windows(data::OpenInput(genome), options.window_bp, options.stride_bp);
  output.Write(fmt::format("track type=bedGraph name=\"{}\" description=\"agront predict, windows of {} bp\"\n",
                           task.outputs[column], options.window_bp));
  std::deque<tasks::SlidingWindow> waiting;
  Packer packer(predictor, options, [&](int64_t, std::span<const data::ExampleWindow>, const Rows& rows) {
    const tasks::SlidingWindow& window = waiting.front();
    output.Write(
        fmt::format("{}\t{}\t{}\t{:.6g}\n", window.sequence, window.area_start, window.area_end, rows[0][column]));
    waiting.pop_front();
  });
  Progress progress("predicting", "tokens", options.job.quiet);
  for (tasks::SlidingWindow window; windows.Next(window);) {
    waiting.push_back(window);
    packer.Add(window.bases, fmt::format("{}:{}", window.sequence, window.start));
    progress.Update(packer.tokens(), windows.Progress());
  }
  packer.Flush();
  if (windows.too_short() > 0)
    progress.Note(fmt::format("{} sequences shorter than a window of {} bp have no value", windows.too_short(),
                              options.window_bp));
}

}  // namespace

void Predict(const PredictOptions& options) {
  inference::Start(options.job);
  const bool is_track = !options.genome.empty();
  if (is_track && (options.window_bp == 0 || options.stride_bp == 0))
    FailUsage("--window-bp and --stride-bp: expected both with --genome alone");
  tasks::FinetunedPredictor predictor(options.finetuned, options.job);
  if (options.strands == Strands::kBoth && predictor.task().kind == TaskKind::kToken)
    FailUsage("--strands: a task per token is predicted on one strand");
  OutputFile output(options.job.output, options.job.force);
  output.Write(inference::TableLines(inference::DescribeRun(options.job, predictor.checkpoint())));
  if (is_track)
    PredictTrack(options, predictor, output);
  else
    PredictSequences(options, predictor, output);
  output.Commit();
}

}  // namespace agront
