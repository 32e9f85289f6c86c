// SPDX-License-Identifier: Apache-2.0
#include "tasks/predict/predict_track.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "agront/printable.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/reporter.h"
#include "data/entry_reader.h"
#include "data/sliding_windows.h"
#include "inference/prediction_batches.h"
#include "inference/session.h"

namespace agront::tasks {
namespace {

size_t TrackOutput(const PredictOptions& options, const PredictionTask& task) {
  if (options.track.empty()) return 0;
  const auto found = std::ranges::find(task.outputs, options.track);
  if (found == task.outputs.end())
    FailUsage("--track: expected one of {}, got {:?}", Printable(fmt::format("{}", fmt::join(task.outputs, ", "))),
              Printable(options.track));
  return static_cast<size_t>(found - task.outputs.begin());
}

InputOptions InputOf(const PredictOptions& options) {
  InputOptions input;
  if (options.region_list.empty()) {
    input.fasta = options.genome;
  } else {
    input.genome = options.genome;
    input.region_list = options.region_list;
  }
  return input;
}

/// The line of genome browsers, which knows no way to write a double quote.
std::string TrackLine(const std::string& output, int64_t window_bp) {
  std::string name = Printable(output);
  std::ranges::replace(name, '"', '\'');
  return fmt::format("track type=bedGraph name=\"{}\" description=\"agront predict, windows of {} bp\"\n", name,
                     window_bp);
}

/// The file, whose head is written with the first value: on standard output nothing precedes an error.
class Track {
 public:
  Track(const JobOptions& job, std::string head) : file_(job.output, job.force), head_(std::move(head)) {}

  void Write(const data::SlidingWindow& window, double value) {
    if (windows_++ == 0) file_.Write(head_);
    file_.Write(fmt::format("{}\t{}\t{}\t{:.6g}\n", window.sequence, window.area_start, window.area_end, value));
  }

  void Commit() {
    if (windows_ == 0) file_.Write(head_);
    file_.Commit();
  }

  /// Does `work`; its error says how many windows are on standard output.
  template <class Work>
  void While(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      if (!file_.is_stream() || windows_ == 0) throw;
      Fail("{}; {} windows were written before", error.what(), windows_);
    }
  }

 private:
  OutputFile file_;
  std::string head_;
  int64_t windows_ = 0;
};

}  // namespace

void PredictTrack(const PredictOptions& options, const std::shared_ptr<inference::FinetunedPredictor>& predictor,
                  const inference::Provenance& provenance) {
  const PredictionTask& task = predictor->task();
  if (task.kind == TaskKind::kToken) FailUsage("--window-bp: expected a task per sequence, got one per token");
  const size_t column = TrackOutput(options, task);
  if (!options.any_length) predictor->CheckLength(options.window_bp, "--window-bp");
  const auto windows =
      std::make_shared<data::SlidingWindows>(data::OpenInput(InputOf(options)), options.window_bp, options.stride_bp);
  Track track(options.job, inference::TableLines(provenance) + TrackLine(task.outputs[column], options.window_bp));
  Reporter& reporter = ReporterOf(options.job);
  if (const std::string warning = predictor->WarningOf01(false); !warning.empty()) reporter.Warn(warning);
  const auto batches = std::make_shared<inference::PredictionBatches<data::SlidingWindow>>(
      predictor, options.strands, options.job.batch_tokens,
      [windows](data::SlidingWindow& window) { return windows->Next(window); },
      [windows] { return windows->Progress(); });
  track.While([&] {
    inference::PredictAll<data::SlidingWindow>(
        *predictor, batches, options.strands,
        {.label = "predicting", .batch_tokens = options.job.batch_tokens, .reporter = reporter},
        [&](const data::SlidingWindow& window, const inference::SequencePrediction& prediction) {
          track.Write(window, prediction.rows[0][column]);
        });
  });
  inference::ReportInput(windows->input(), reporter);
  if (windows->too_short() > 0)
    reporter.Note(fmt::format("{} sequences shorter than a window of {} bp have no value", windows->too_short(),
                              options.window_bp));
  track.Commit();
}

}  // namespace agront::tasks
