// SPDX-License-Identifier: Apache-2.0
// How well a model predicts masked tokens. Only positions that show <mask> count: tokens left as they are
// can be copied, and a model learns that first.
#pragma once

#include <cmath>
#include <cstdint>

#include "data/corpus/masking.h"
#include "model/training/trainable_agront.h"

namespace agront::training {

struct MaskQuality {
  double loss_sum = 0;  ///< of -ln p(true token)
  double count = 0;     ///< of positions; float64, so that ranks can add it up with the rest
  double correct = 0;   ///< positions where the true token is the likeliest

  void Add(double loss, bool is_correct) {
    loss_sum += loss;
    count += 1;
    correct += is_correct ? 1 : 0;
  }

  double loss() const { return loss_sum / count; }
  double perplexity() const { return std::exp(loss()); }
  double accuracy() const { return correct / count; }
};

/// Calls `add(row, loss, is_correct)` for the <mask> positions among the rows of the loss; `row` is that of the batch.
template <class Add>
void ForEachMask(const data::MaskedBatch& batch, const model::LossOutput& output, const Add& add) {
  for (size_t i = 0; i < batch.positions.size(); ++i)
    if (batch.is_mask[i] != 0) add(batch.positions[i], output.losses[i], output.predicted[i] == batch.targets[i]);
}

/// The quality of the positions in the model's loss.
inline model::LossBatch LossOf(const data::MaskedBatch& batch) {
  return {batch.input, batch.positions, batch.targets, batch.weights};
}

}  // namespace agront::training
