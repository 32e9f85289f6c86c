// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "agront/embedder.h"
#include "model.h"
#include "words.h"

namespace agront::python {
namespace {

EmbedderOptions OptionsOf(const std::vector<std::pair<int64_t, bool>>& layers, const std::string& pooling, bool windows,
                          int64_t overlap, int64_t batch_tokens) {
  EmbedderOptions options{
      .pooling = ChoiceOf<Pooling>(
          "pooling", pooling,
          {{"mean", Pooling::kMean}, {"max", Pooling::kMax}, {"cls", Pooling::kCls}, {"none", Pooling::kNone}}),
      .per_record = !windows,
      .overlap = overlap,
      .batch_tokens = batch_tokens};
  for (const auto& [layer, raw] : layers) options.layers.push_back({.layer = layer, .raw = raw});
  return options;
}

}  // namespace

/// (arrays of the layers, offsets or None, places)
nb::tuple EmbedSequences(const Model& model, Call& call, const std::vector<std::pair<int64_t, bool>>& layers,
                         const std::string& pooling, bool windows, int64_t overlap, int64_t batch_tokens) {
  const EmbedderOptions options = OptionsOf(layers, pooling, windows, overlap, batch_tokens);
  const Embedder embedder(model, options);
  std::vector<GrowingArray<float>> values(layers.size());
  std::vector<int64_t> offsets = {0};
  Places places;
  call.reporter.Run([&] {
    embedder.Embed(
        call.input.source(),
        [&](const EmbeddedRows& rows) {
          if (options.pooling != Pooling::kMean && !places.record.empty() && places.record.back() == rows.record)
            ExpectOneWindow(windows, rows.record, std::string(rows.name));
          for (size_t i = 0; i < values.size(); ++i) values[i].Append(rows.layers[i]);
          offsets.push_back(offsets.back() + (options.pooling == Pooling::kNone ? rows.tokens : 1));
          places.Add(rows.record, rows.name, rows.start, rows.end);
        },
        &call.reporter);
  });
  const auto rows = static_cast<size_t>(offsets.back());
  nb::list arrays;
  for (GrowingArray<float>& layer : values)
    arrays.append(layer.ToNumpy({rows, static_cast<size_t>(model.shape().hidden)}));
  return nb::make_tuple(arrays, NumpyOf(std::move(offsets)), places.ToPython());
}

}  // namespace agront::python
