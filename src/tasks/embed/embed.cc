// SPDX-License-Identifier: Apache-2.0
#include "agront/embed.h"

#include "base/error.h"
#include "inference/session.h"
#include "tasks/embed/embedding_sink.h"
#include "tasks/embed/layer_list.h"
#include "tasks/embed/pooling.h"

namespace agront {
namespace {

/// One row an entry, or for kNone one a token.
void EmbedEntries(const EmbedOptions& options, const data::EntryBatch& packed, const model::ForwardOutput& forward,
                  tasks::EmbeddingSink& sink) {
  for (size_t e = 0; e < packed.entries.size(); ++e) {
    const data::Entry& entry = packed.entries[e];
    const int64_t begin = packed.batch.offsets[e];
    const int64_t end = packed.batch.offsets[e + 1];
    if (options.pooling == Pooling::kNone) {
      std::vector<std::span<const float>> layers;
      for (const tensor::Matrix& hidden : forward.hidden)
        layers.push_back(hidden.view().values().subspan(begin * hidden.cols(), (end - begin) * hidden.cols()));
      sink.AppendTokens(entry, layers);
      continue;
    }
    std::vector<std::vector<float>> layers;
    for (const tensor::Matrix& hidden : forward.hidden)
      tasks::PoolEntry(options.pooling, hidden.view(), begin, end, layers.emplace_back(hidden.cols()));
    sink.AppendPooled({entry.name, entry.placement.get(), entry.start, entry.end}, layers);
  }
}

/// One row a record, which may be spread over batches.
class RecordEmbedder {
 public:
  RecordEmbedder(size_t num_layers, int64_t channels, tasks::EmbeddingSink& sink)
      : means_(num_layers, tasks::RecordMean(channels)), channels_(channels), sink_(sink) {}

  void Add(const data::EntryBatch& packed, const model::ForwardOutput& forward) {
    for (size_t e = 0; e < packed.entries.size(); ++e) {
      const data::Entry& entry = packed.entries[e];
      if (entry.record != record_) Finish();
      record_ = entry.record;
      name_ = entry.name;
      placement_ = entry.placement;
      end_ = entry.end;
      for (size_t i = 0; i < means_.size(); ++i)
        means_[i].Add(entry, forward.hidden[i].view(), packed.batch.offsets[e]);
    }
  }

  /// Writes the record that is open, if any.
  void Finish() {
    if (record_ < 0) return;
    std::vector<std::vector<float>> layers;
    for (tasks::RecordMean& mean : means_) mean.Take(layers.emplace_back(channels_));
    sink_.AppendPooled({name_, placement_.get(), 0, end_}, layers);
    record_ = -1;
  }

 private:
  std::vector<tasks::RecordMean> means_;
  int64_t channels_;
  tasks::EmbeddingSink& sink_;
  int64_t record_ = -1;
  std::string name_;
  std::shared_ptr<const genome::Placement> placement_;
  int64_t end_ = 0;
};

}  // namespace

void Embed(const EmbedOptions& options) {
  if (options.per_record && options.pooling != Pooling::kMean) FailUsage("per-record: goes with mean pooling only");
  inference::Session session(options.job, options.input);
  const ModelShape& shape = session.shape();
  const ForwardRequest request{.hidden = tasks::ParseLayers(options.layers, shape.layers)};
  std::vector<std::string> names;
  for (const HiddenLayer& layer : request.hidden) names.push_back(tasks::ArrayName(layer));
  const auto sink = tasks::CreateSink(options, session.provenance(), names, shape.hidden);
  RecordEmbedder records(request.hidden.size(), shape.hidden, *sink);
  const auto compute = [&](const data::EntryBatch& packed, model::ForwardOutput& forward) {
    session.model().Forward(packed.batch, request, forward);
  };
  session.ForEachBatch("embedding", compute, [&](const auto& packed, const auto& forward) {
    if (options.per_record)
      records.Add(packed, forward);
    else
      EmbedEntries(options, packed, forward, *sink);
  });
  records.Finish();
  sink->Commit(session.provenance());
}

}  // namespace agront
