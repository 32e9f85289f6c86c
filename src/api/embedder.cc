// SPDX-License-Identifier: Apache-2.0
#include "agront/embedder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/model_access.h"
#include "base/error.h"
#include "base/reporter.h"
#include "data/source_reader.h"
#include "inference/embedder.h"
#include "inference/entries.h"
#include "inference/layer_list.h"
#include "inference/session.h"
#include "inference/start.h"

namespace agront {
namespace {

/// Hands rows on.
class RowsForSink final : public inference::EmbeddingRows {
 public:
  explicit RowsForSink(const EmbeddingSink& sink) : sink_(sink) {}

  void AppendPooled(const inference::RowBases& bases, const std::vector<std::vector<float>>& layers) override {
    sink_({.record = bases.record,
           .name = bases.name,
           .start = bases.start,
           .end = bases.end,
           .tokens = 0,
           .layers = {layers.begin(), layers.end()}});
  }
  void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) override {
    sink_({.record = entry.record,
           .name = entry.name,
           .start = entry.start,
           .end = entry.end,
           .tokens = static_cast<int64_t>(entry.tokens.size()),
           .layers = layers});
  }

 private:
  const EmbeddingSink& sink_;
};

void EmbedAll(const Model& model, const EmbedderOptions& options, std::unique_ptr<formats::SequenceReader> reader,
              bool is_in_memory, const EmbeddingSink& sink, Reporter& reporter) {
  inference::Engine& engine = ModelAccess::EngineOf(model);
  const ThreadsOfCall threads = ModelAccess::ThreadsOf(model);
  RowsForSink rows(sink);
  inference::EntryEmbedder embedder(engine, options, rows);
  const auto batches = std::make_shared<inference::EntryBatches>(
      data::EntryReader(std::move(reader), engine.shape().max_tokens(), options.overlap), options.batch_tokens);
  inference::RunBatches<model::ForwardOutput>(
      engine, batches,
      {.label = "embedding",
       .batch_tokens = options.batch_tokens,
       .reporter = reporter,
       .waits_for_reading = is_in_memory},
      [&](const data::EntryBatch& packed, model::ForwardOutput& output) { embedder.Compute(packed, output); },
      [&](const data::EntryBatch& packed, const model::ForwardOutput& output) { embedder.Write(packed, output); });
  embedder.Finish();
  inference::ReportInput(batches->input(), reporter);
}

}  // namespace

Embedder::Embedder(Model model, EmbedderOptions options) : model_(std::move(model)), options_(std::move(options)) {
  inference::CheckBatchTokens(options_.batch_tokens);
  inference::CheckLayers(options_.layers, model_.shape());
  if (options_.pooling != Pooling::kMean) options_.per_record = false;
}

std::vector<Values> Embedder::Embed(std::span<const std::string> sequences, Reporter* reporter) const {
  const size_t layers = std::max<size_t>(1, options_.layers.size());
  std::vector<Values> values(layers, Values{.rows = 0, .cols = model_.shape().hidden, .data = {}});
  const auto append = [&](const EmbeddedRows& row) {
    for (size_t i = 0; i < layers; ++i) {
      values[i].data.insert(values[i].data.end(), row.layers[i].begin(), row.layers[i].end());
      values[i].rows += options_.pooling == Pooling::kNone ? row.tokens : 1;
    }
  };
  EmbedAll(model_, options_, std::make_unique<data::SourceReader>(sequences), true, append, OrSilent(reporter));
  return values;
}

void Embedder::Embed(SequenceSource source, const EmbeddingSink& sink, Reporter* reporter) const {
  EmbedAll(model_, options_, std::make_unique<data::SourceReader>(std::move(source)), false, sink, OrSilent(reporter));
}

}  // namespace agront
