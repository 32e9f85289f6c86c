// SPDX-License-Identifier: Apache-2.0
#include "tasks/predict/prediction_packer.h"

#include <algorithm>

#include "genome/nucleotide.h"

namespace agront::tasks {

void PredictionPacker::Add(const std::string& bases, const std::string& place) {
  predictor_.Add(bases, place, batch_);
  if (options_.strands == Strands::kBoth) {
    std::string other = bases;
    genome::ReverseComplement(other);
    predictor_.Add(other, place, batch_);
  }
  if (batch_.tokens() >= options_.job.batch_tokens) Flush();
}

void PredictionPacker::Flush() {
  if (batch_.windows.empty()) return;
  const PredictionRows rows = predictor_.Predict(batch_);
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
    PredictionRows own(rows.begin() + static_cast<int64_t>(row),
                       rows.begin() + static_cast<int64_t>(row + of_sequence));
    if (strands == 2)
      std::ranges::transform(own[0], rows[row + 1], own[0].begin(), [](double a, double b) { return (a + b) / 2; });
    use_(number_++, cut, own);
    row += of_sequence * strands;
    for (size_t strand = 0; strand < strands; ++strand) window += static_cast<size_t>(batch_.windows[i + strand]);
  }
  batch_ = {};
}

}  // namespace agront::tasks
