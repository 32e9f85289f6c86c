// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/example_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "genome/nucleotide.h"

namespace agront::training {
namespace {

void Clear(model::TaskBatch& batch) {
  batch.batch.Clear();
  batch.windows.clear();
  batch.labels.clear();
  batch.weights.clear();
  batch.token_classes.clear();
}

}  // namespace

ExampleEncoder::ExampleEncoder(const data::LabelledSet& set, const data::TargetTransform& transform,
                               ExampleOptions options)
    : set_(set), transform_(transform), options_(std::move(options)) {}

ExampleEncoder::Encoded ExampleEncoder::Encode(const ExampleDraw& draw) const {
  std::string bases = set_.Bases(draw.example);
  if (draw.reverse) genome::ReverseComplement(bases);
  Encoded encoded;
  encoded.windows = data::CutExample(bases, options_.long_sequences, options_.max_tokens, set_.place(draw.example));
  for (const data::ExampleWindow& window : encoded.windows)
    encoded.tokens += static_cast<int64_t>(window.tokens.size());
  if (set_.task().kind != TaskKind::kToken) return encoded;
  std::string classes = set_.BaseClasses(draw.example);
  if (draw.reverse) std::ranges::reverse(classes);
  for (const data::ExampleWindow& window : encoded.windows) {
    const std::vector<int32_t> of_window = data::TokenClasses(window, classes);
    encoded.token_classes.insert(encoded.token_classes.end(), of_window.begin(), of_window.end());
  }
  return encoded;
}

void ExampleEncoder::AppendLabels(int64_t example, std::vector<float>& labels, std::vector<float>& weights) const {
  const std::span<const float> of_example = set_.labels(example);
  std::vector<float> transformed(of_example.begin(), of_example.end());
  transform_.Apply(transformed);
  for (size_t i = 0; i < transformed.size(); ++i) {
    const bool is_missing = std::isnan(transformed[i]);
    labels.push_back(is_missing ? 0 : transformed[i]);
    const bool is_weighted = !is_missing && !options_.class_weights.empty();
    weights.push_back(is_missing ? 0 : is_weighted ? options_.class_weights[i][static_cast<size_t>(of_example[i])] : 1);
  }
}

void ExampleEncoder::Append(const ExampleDraw& draw, const Encoded& encoded, model::TaskBatch& batch) const {
  for (const data::ExampleWindow& window : encoded.windows) batch.batch.Add(window.tokens.ids);
  batch.windows.push_back(static_cast<int64_t>(encoded.windows.size()));
  batch.token_classes.insert(batch.token_classes.end(), encoded.token_classes.begin(), encoded.token_classes.end());
  AppendLabels(draw.example, batch.labels, batch.weights);
}

void ExampleEncoder::ForEachBatch(std::span<const ExampleDraw> draws, int64_t max_tokens,
                                  const std::function<void(const model::TaskBatch&)>& use) const {
  model::TaskBatch batch;
  if (set_.task().kind == TaskKind::kToken && !options_.class_weights.empty())
    batch.class_weights = options_.class_weights.front();
  for (const ExampleDraw& draw : draws) {
    const Encoded encoded = Encode(draw);
    const auto packed = static_cast<int64_t>(batch.batch.tokens.size());
    if (packed > 0 && packed + encoded.tokens > max_tokens) {
      use(batch);
      Clear(batch);
    }
    Append(draw, encoded, batch);
  }
  if (!batch.batch.tokens.empty()) use(batch);
}

}  // namespace agront::training
