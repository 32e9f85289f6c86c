// SPDX-License-Identifier: Apache-2.0
// Predictions of a fine-tuned model for sequences in memory, or for a stream of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/export.h"
#include "agront/precision.h"
#include "agront/prediction_task.h"
#include "agront/reporter.h"
#include "agront/sequences.h"
#include "agront/strands.h"

namespace agront {

struct PredictorOptions {
  std::string model = {};  ///< the base, when it is not where it was when the model was fine-tuned
  std::optional<Precision> precision = Precision::kFp32;  ///< as ModelOptions::precision
  int threads = 0;                                        ///< as ModelOptions::threads
  std::string device = "cpu";                             ///< that runs the model (device.h)
  Strands strands = Strands::kForward;
  bool any_length = false;      ///< also sequences much shorter or longer than those of the training; else an error
  int64_t batch_tokens = 2048;  ///< sequences are packed together up to this many tokens
};

/// The predictions for one sequence.
struct PredictedRows {
  int64_t record = 0;     ///< number of the sequence, from 0
  std::string_view name;  ///< its name, or its number
  /// The bases that each row stands for, 0-based half-open: the whole sequence, or of a task per token those of its
  /// tokens but <cls>.
  std::vector<int64_t> start;
  std::vector<int64_t> end;
  /// [rows][outputs of the task]: probabilities, or numbers in the units of the training labels.
  std::vector<std::span<const double>> values;
};

/// Called in the order of the sequences, on a thread of its own, one call at a time. What it throws ends the call.
using PredictionSink = std::function<void(const PredictedRows&)>;

/// A handle: copies, and models of the same base, share the weights.
///
/// Thread safety: any thread may call it; passes through the model wait for each other.
class AGRONT_EXPORT Predictor {
 public:
  /// `folder` is what `agront finetune` wrote, a checkpoint of EsmForSequenceClassification or
  /// EsmForTokenClassification, or such a classifier's adapter as PEFT saves it. Reads the weights. Throws Error when
  /// it is none of these or its base is another model, UsageError for options that do not fit it.
  explicit Predictor(const std::string& folder, const PredictorOptions& options = {});
  ~Predictor();
  Predictor(const Predictor&);
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(const Predictor&);
  Predictor& operator=(Predictor&&) noexcept;

  /// The task, with the names of its outputs.
  const PredictionTask& task() const;

  /// A row for each sequence, [outputs]. Throws UsageError for a task per token, whose sequences have several rows,
  /// Error "sequence 3: ..." for letters that are no bases, sequences without any and those that the model was not
  /// trained for, Stopped when the reporter says stop.
  std::vector<std::vector<double>> Predict(std::span<const std::string> sequences, Reporter* reporter = nullptr) const;

  /// The same for a stream and every task, in memory that does not grow with it.
  void Predict(SequenceSource source, const PredictionSink& sink, Reporter* reporter = nullptr) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace agront
