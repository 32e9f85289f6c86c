// SPDX-License-Identifier: Apache-2.0
// Labelled examples as batches of the model.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/example_windows.h"
#include "data/labelled/labelled_set.h"
#include "data/labelled/target_transform.h"
#include "model/training/trainable_task_model.h"
#include "training/fine_tuning/learner.h"

namespace agront::training {

struct ExampleOptions {
  LongSequences long_sequences = LongSequences::kError;
  int64_t max_tokens = 1024;                      ///< of a window
  std::vector<std::vector<float>> class_weights;  ///< [label][value], data/labelled/class_weights.h; empty: 1
};

/// Thread safety: const members may be called from several threads.
class ExampleEncoder {
 public:
  /// Keeps references to the set and the transform.
  ExampleEncoder(const data::LabelledSet& set, const data::TargetTransform& transform, ExampleOptions options);

  const data::LabelledSet& set() const { return set_; }

  /// The windows of an example and what is true of it.
  struct Encoded {
    std::vector<data::ExampleWindow> windows;
    std::vector<int32_t> token_classes;  // of all windows, for tasks per token
    int64_t tokens = 0;
  };
  Encoded Encode(const ExampleDraw& draw) const;

  void Append(const ExampleDraw& draw, const Encoded& encoded, model::TaskBatch& batch) const;

  /// Labels in the space of the loss, and the weight of each: 0 where one is missing.
  void AppendLabels(int64_t example, std::vector<float>& labels, std::vector<float>& weights) const;

  /// Packs the draws in order into batches of up to `max_tokens` tokens, at least one example each.
  void ForEachBatch(std::span<const ExampleDraw> draws, int64_t max_tokens,
                    const std::function<void(const model::TaskBatch&)>& use) const;

 private:
  const data::LabelledSet& set_;
  const data::TargetTransform& transform_;
  ExampleOptions options_;
};

}  // namespace agront::training
