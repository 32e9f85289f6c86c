// SPDX-License-Identifier: Apache-2.0
// Sequences packed for a fine-tuned model.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "agront/predict.h"
#include "tasks/predict/finetuned_predictor.h"

namespace agront::tasks {

using PredictionRows = std::vector<std::vector<double>>;

/// Collects sequences until there are enough for a pass, and hands on their predictions. Thread safety: one call at a
/// time.
class PredictionPacker {
 public:
  /// `use` gets the number of each sequence, in order, its windows, and its rows: one, or for a task per token one for
  /// each token.
  using Use =
      std::function<void(int64_t number, std::span<const data::ExampleWindow> windows, const PredictionRows& rows)>;

  PredictionPacker(FinetunedPredictor& predictor, const PredictOptions& options, Use use)
      : predictor_(predictor), options_(options), use_(std::move(use)) {}

  /// `place` begins the message when the sequence is too long.
  void Add(const std::string& bases, const std::string& place);

  /// Predicts what waits.
  void Flush();

  int64_t tokens() const { return tokens_; }  ///< that went through the model

 private:
  FinetunedPredictor& predictor_;
  const PredictOptions& options_;
  Use use_;
  PredictionBatch batch_;
  int64_t number_ = 0;
  int64_t tokens_ = 0;
};

}  // namespace agront::tasks
