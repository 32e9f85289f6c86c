// SPDX-License-Identifier: Apache-2.0
#include "inference/embedder.h"

#include "base/error.h"

namespace agront::inference {

void CheckPooling(Pooling pooling, bool per_record) {
  if (per_record && pooling != Pooling::kMean) FailUsage("per-record: goes with mean pooling only");
}

EntryEmbedder::EntryEmbedder(Engine& engine, const EmbedderOptions& options, EmbeddingRows& rows)
    : engine_(engine),
      request_{.hidden = options.layers.empty() ? std::vector<HiddenLayer>{{engine.shape().layers}} : options.layers},
      pooling_(options.pooling),
      per_record_(options.per_record),
      rows_(rows),
      means_(request_.hidden.size(), RecordMean(engine.shape().hidden)) {
  CheckPooling(pooling_, per_record_);
}

void EntryEmbedder::Compute(const data::EntryBatch& packed, model::ForwardOutput& output) {
  engine_.Forward(packed.batch, request_, output);
}

void EntryEmbedder::Write(const data::EntryBatch& packed, const model::ForwardOutput& output) {
  for (size_t e = 0; e < packed.entries.size(); ++e) {
    const int64_t begin = packed.batch.offsets[e];
    if (per_record_)
      AddToRecord(packed.entries[e], begin, output);
    else
      WriteEntry(packed.entries[e], begin, packed.batch.offsets[e + 1], output);
  }
}

void EntryEmbedder::WriteEntry(const data::Entry& entry, int64_t begin, int64_t end,
                               const model::ForwardOutput& output) {
  if (pooling_ == Pooling::kNone) {
    std::vector<std::span<const float>> layers;
    for (const tensor::Matrix& hidden : output.hidden)
      layers.push_back(hidden.view().values().subspan(begin * hidden.cols(), (end - begin) * hidden.cols()));
    rows_.AppendTokens(entry, layers);
    return;
  }
  std::vector<std::vector<float>> layers;
  for (const tensor::Matrix& hidden : output.hidden)
    PoolEntry(pooling_, hidden.view(), begin, end, layers.emplace_back(hidden.cols()));
  rows_.AppendPooled({entry.record, entry.name, entry.placement.get(), entry.start, entry.end}, layers);
}

void EntryEmbedder::AddToRecord(const data::Entry& entry, int64_t begin, const model::ForwardOutput& output) {
  if (entry.record != record_) Finish();
  record_ = entry.record;
  name_ = entry.name;
  placement_ = entry.placement;
  end_ = entry.end;
  for (size_t i = 0; i < means_.size(); ++i) means_[i].Add(entry, output.hidden[i].view(), begin);
}

void EntryEmbedder::Finish() {
  if (record_ < 0) return;
  std::vector<std::vector<float>> layers;
  for (RecordMean& mean : means_) mean.Take(layers.emplace_back(engine_.shape().hidden));
  rows_.AppendPooled({record_, name_, placement_.get(), 0, end_}, layers);
  record_ = -1;
}

}  // namespace agront::inference
