// SPDX-License-Identifier: Apache-2.0
#include "inference/prediction_batches.h"

#include <algorithm>

namespace agront::inference {

void ForEachPrediction(const PredictionTask& task, Strands strands, const PredictionBatch& batch,
                       const PredictionRows& rows, const std::function<void(size_t, const SequencePrediction&)>& use) {
  const size_t copies = strands == Strands::kBoth ? 2 : 1;
  size_t window = 0, row = 0;
  for (size_t i = 0; i < batch.windows.size(); i += copies) {
    const auto cut = std::span(batch.cut).subspan(window, static_cast<size_t>(batch.windows[i]));
    size_t of_sequence = 1;
    if (task.kind == TaskKind::kToken) {
      of_sequence = 0;
      for (const data::ExampleWindow& one : cut) of_sequence += one.tokens.size();
    }
    const auto own = std::span(rows).subspan(row, of_sequence);
    if (copies == 2) {
      std::vector<double> mean = own[0];
      std::ranges::transform(mean, rows[row + 1], mean.begin(), [](double a, double b) { return (a + b) / 2; });
      use(i / copies, {.windows = cut, .rows = std::span(&mean, 1)});
    } else {
      use(i / copies, {.windows = cut, .rows = own});
    }
    row += of_sequence * copies;
    for (size_t copy = 0; copy < copies; ++copy) window += static_cast<size_t>(batch.windows[i + copy]);
  }
}

}  // namespace agront::inference
