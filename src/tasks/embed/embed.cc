// SPDX-License-Identifier: Apache-2.0
#include "agront/embed.h"

#include "inference/layer_list.h"
#include "inference/session.h"
#include "tasks/embed/embedding_sink.h"

namespace agront {

void Embed(const EmbedOptions& options) {
  inference::CheckPooling(options.pooling, options.per_record);
  inference::Session session(options.job, options.input);
  const EmbedderOptions embedder_options{.layers = inference::ParseLayers(options.layers, session.shape().layers),
                                         .pooling = options.pooling,
                                         .per_record = options.per_record};
  std::vector<std::string> names;
  for (const HiddenLayer& layer : embedder_options.layers) names.push_back(inference::ArrayName(layer));
  const auto sink = tasks::CreateSink(options, session.provenance(), names, session.shape().hidden);
  inference::EntryEmbedder embedder(session.engine(), embedder_options, *sink);
  session.ForEachBatch(
      "embedding", [&](const auto& packed, auto& output) { embedder.Compute(packed, output); },
      [&](const auto& packed, const auto& output) { embedder.Write(packed, output); });
  embedder.Finish();
  sink->Commit(session.provenance());
}

}  // namespace agront
