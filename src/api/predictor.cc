// SPDX-License-Identifier: Apache-2.0
#include "agront/predictor.h"

#include <limits>
#include <utility>

#include "api/model_access.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "data/source_reader.h"
#include "inference/prediction_batches.h"
#include "inference/session.h"
#include "inference/start.h"

namespace agront {
namespace {

struct Sequence {
  int64_t number = 0;
  std::string name;
  std::string bases;
  std::string place;
  int64_t length = 0;
  const std::string& Place() const { return place; }
};

/// The sequences of a reader, one after the other, each whole in memory.
class Sequences {
 public:
  Sequences(std::unique_ptr<formats::SequenceReader> reader,
            std::shared_ptr<const inference::FinetunedPredictor> predictor, bool any_length)
      : reader_(std::move(reader)), predictor_(std::move(predictor)), any_length_(any_length) {}

  bool Next(Sequence& sequence) {
    sequence = {};
    if (!reader_->NextRecord(sequence.name)) return false;
    while (reader_->ReadBases(std::numeric_limits<size_t>::max(), sequence.bases)) {
    }
    sequence.number = number_++;
    sequence.place = reader_->Place();
    sequence.length = static_cast<int64_t>(sequence.bases.size());
    if (!any_length_) predictor_->CheckLength(sequence.length, sequence.place);
    return true;
  }

  double Progress() const { return reader_->Progress(); }
  const formats::SequenceReader& reader() const { return *reader_; }

 private:
  std::unique_ptr<formats::SequenceReader> reader_;
  std::shared_ptr<const inference::FinetunedPredictor> predictor_;
  bool any_length_;
  int64_t number_ = 0;
};

PredictedRows RowsOf(const Sequence& sequence, bool is_per_token, const inference::SequencePrediction& prediction) {
  PredictedRows rows{.record = sequence.number, .name = sequence.name, .start = {}, .end = {}, .values = {}};
  const auto add = [&](int64_t start, int64_t end, std::span<const double> values) {
    rows.start.push_back(start);
    rows.end.push_back(end);
    rows.values.push_back(values);
  };
  if (!is_per_token) {
    add(0, sequence.length, prediction.rows[0]);
    return rows;
  }
  size_t row = 0;
  for (const data::ExampleWindow& window : prediction.windows)
    for (size_t t = 0; t < window.tokens.size(); ++t, ++row)
      if (window.tokens.begin[t] != window.tokens.end[t])  // not <cls>
        add(window.start + window.tokens.begin[t], window.start + window.tokens.end[t], prediction.rows[row]);
  return rows;
}

}  // namespace

struct Predictor::State {
  PredictorOptions options;
  std::shared_ptr<inference::FinetunedPredictor> predictor;

  void Predict(std::unique_ptr<formats::SequenceReader> reader, bool is_in_memory, const PredictionSink& sink,
               Reporter& reporter) const {
    const ThreadsOfCall threads = ModelAccess::ThreadsOr(options.threads);
    const bool is_per_token = predictor->task().kind == TaskKind::kToken;
    const auto sequences = std::make_shared<Sequences>(std::move(reader), predictor, options.any_length);
    const auto batches = std::make_shared<inference::PredictionBatches<Sequence>>(
        predictor, options.strands, options.batch_tokens,
        [sequences](Sequence& sequence) { return sequences->Next(sequence); },
        [sequences] { return sequences->Progress(); });
    inference::PredictAll<Sequence>(*predictor, batches, options.strands,
                                    {.label = "predicting",
                                     .batch_tokens = options.batch_tokens,
                                     .reporter = reporter,
                                     .waits_for_reading = is_in_memory},
                                    [&](const Sequence& sequence, const inference::SequencePrediction& prediction) {
                                      sink(RowsOf(sequence, is_per_token, prediction));
                                    });
    inference::ReportInput(sequences->reader(), reporter);
  }
};

Predictor::Predictor(const std::string& folder, const PredictorOptions& options) : state_(std::make_shared<State>()) {
  CheckThreads(options.threads);
  inference::CheckBatchTokens(options.batch_tokens);
  const ThreadsOfCall threads = ModelAccess::ThreadsOr(options.threads);
  state_->options = options;
  state_->predictor = std::make_shared<inference::FinetunedPredictor>(
      folder, inference::EngineSource{
                  .model = options.model, .adapter = "", .precision = options.precision, .device = options.device});
  if (options.strands == Strands::kBoth && task().kind == TaskKind::kToken)
    FailUsage("strands: a task per token is predicted on one strand");
  state_->predictor->engine().Run([](model::Encoder& /*which is read now*/) {});
}
Predictor::~Predictor() = default;
Predictor::Predictor(const Predictor&) = default;
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(const Predictor&) = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;

const PredictionTask& Predictor::task() const { return state_->predictor->task(); }

std::vector<std::vector<double>> Predictor::Predict(std::span<const std::string> sequences, Reporter* reporter) const {
  if (task().kind == TaskKind::kToken)
    FailUsage("predict: a task per token has several rows a sequence; expected a function that takes them");
  std::vector<std::vector<double>> rows;
  state_->Predict(
      std::make_unique<data::SourceReader>(sequences), true,
      [&](const PredictedRows& of) { rows.emplace_back(of.values[0].begin(), of.values[0].end()); },
      OrSilent(reporter));
  return rows;
}

void Predictor::Predict(SequenceSource source, const PredictionSink& sink, Reporter* reporter) const {
  state_->Predict(std::make_unique<data::SourceReader>(std::move(source)), false, sink, OrSilent(reporter));
}

}  // namespace agront
