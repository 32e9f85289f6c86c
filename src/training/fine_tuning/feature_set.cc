// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/feature_set.h"

#include <filesystem>
#include <span>

#include "model/heads/pooled_rows.h"
#include "nn/training/rows.h"
#include "ops/pooling/pooling.h"

namespace agront::training {
namespace {

/// The first draw of each rank's share, and the end of the last.
std::vector<int64_t> Bounds(int64_t draws, int ranks) {
  std::vector<int64_t> bounds;
  for (int rank = 0; rank <= ranks; ++rank) bounds.push_back(draws * rank / ranks);
  return bounds;
}

}  // namespace

FeatureSet::FeatureSet(model::Encoder& model, const ExampleEncoder& examples, const std::vector<ExampleDraw>& draws,
                       const FeatureRequest& request, ranks::Communicator& ranks,
                       const std::function<void(int64_t tokens, double share)>& progress)
    : draws_(static_cast<int64_t>(draws.size())),
      channels_(model.shape().hidden),
      layers_(request.layers.size()),
      ranks_(ranks),
      file_(std::filesystem::temp_directory_path().string()) {
  const std::vector<int64_t> bounds = Bounds(draws_, ranks.size());
  const int64_t begin = bounds[static_cast<size_t>(ranks.rank())];
  const int64_t end = bounds[static_cast<size_t>(ranks.rank()) + 1];
  const auto own = std::span(draws).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  const ForwardRequest forward{.hidden = request.layers};
  model::ForwardOutput output;
  tensor::Matrix gathered, pooled;
  int64_t tokens = 0, done = 0;
  examples.ForEachBatch(own, request.pass_tokens, [&](const model::TaskBatch& batch) {
    model.Forward(batch.batch, forward, output);
    const nn::training::PooledRows rows = model::FindPooledRows(batch, request.pooling);
    const auto count = static_cast<int64_t>(batch.windows.size());
    pooled.Resize(count, channels_, count);
    for (const tensor::Matrix& hidden : output.hidden) {
      gathered.Resize(static_cast<int64_t>(rows.rows.size()), channels_, static_cast<int64_t>(rows.rows.size()));
      nn::training::GatherRows(hidden.view(), rows.rows, gathered.view());
      ops::PoolingForward(gathered.view(), rows.examples, rows.weights, pooled.view());
      file_.Append(std::as_bytes(std::span<const float>(pooled.view().values())));
    }
    batch_rows_.push_back(count);
    tokens += static_cast<int64_t>(batch.batch.tokens.size());
    done += count;
    progress(tokens, static_cast<double>(done) / static_cast<double>(own.size()));
  });
}

tensor::Matrix FeatureSet::Layer(size_t layer) const {
  tensor::Matrix features;
  features.Resize(draws_, channels_, draws_);
  std::vector<int64_t> bounds = Bounds(draws_, ranks_.size());
  int64_t row = bounds[static_cast<size_t>(ranks_.rank())];
  uint64_t offset = 0;
  for (const int64_t rows : batch_rows_) {
    const auto bytes = static_cast<uint64_t>(rows * channels_) * sizeof(float);
    const std::span<float> to =
        features.view().values().subspan(static_cast<size_t>(row * channels_), static_cast<size_t>(rows * channels_));
    file_.ReadAt(offset + layer * bytes, std::as_writable_bytes(to));
    offset += layers_ * bytes;
    row += rows;
  }
  for (int64_t& bound : bounds) bound *= channels_;
  ranks_.ShareParts(features.view().values(), bounds);
  return features;
}

}  // namespace agront::training
