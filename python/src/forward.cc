// SPDX-License-Identifier: Apache-2.0
// Logits and attention: what a pass through the model gives for each window.
#include <string>
#include <utility>
#include <vector>

#include "agront/error.h"
#include "model.h"

namespace agront::python {
namespace {

void CheckBatchTokens(int64_t batch_tokens) {
  if (batch_tokens < 1) throw UsageError("batch_tokens: expected 1 or more, got " + std::to_string(batch_tokens));
}

}  // namespace

/// (values, offsets, places)
nb::tuple LogitsOfSequences(const Model& model, Call& call, bool probabilities, bool windows, int64_t batch_tokens) {
  CheckBatchTokens(batch_tokens);
  GrowingArray<float> values;
  std::vector<int64_t> offsets = {0};
  Places places;
  call.reporter.Run([&] {
    Batch batch;
    const auto run = [&] {
      if (batch.sequences() == 0) return;
      StopIfAsked(call.reporter);
      Values logits = model.Run(batch, {.all_logits = true}).logits;
      if (probabilities) Softmax(logits);
      values.Append(logits.data);
      batch.Clear();
      call.reporter.Update({.label = "logits", .unit = "tokens", .done = offsets.back()});
    };
    ForEachWindow(call.input, model.shape().max_tokens(), windows, [&](Window& window) {
      const Tokens& tokens = window.tokens;
      if (batch.tokens.size() + tokens.ids.size() > static_cast<size_t>(batch_tokens)) run();
      batch.Add(tokens.ids);
      offsets.push_back(offsets.back() + static_cast<int64_t>(tokens.ids.size()));
      places.Add(window.record, window.name, tokens.begin[0], tokens.end.back());
    });
    run();
  });
  const auto rows = static_cast<size_t>(offsets.back());
  return nb::make_tuple(values.ToNumpy({rows, static_cast<size_t>(model.shape().vocabulary)}),
                        NumpyOf(std::move(offsets)), places.ToPython());
}

/// An array [maps, T, T] for each sequence.
nb::list AttentionOfSequences(const Model& model, Call& call, const std::vector<std::pair<int64_t, int64_t>>& maps) {
  std::vector<GrowingArray<float>> values;
  std::vector<size_t> tokens_of;
  call.reporter.Run([&] {
    ForwardRequest request;
    for (const auto& [layer, head] : maps) request.attention.push_back({.layer = layer, .head = head});
    ForEachWindow(call.input, model.shape().max_tokens(), false, [&](Window& window) {
      StopIfAsked(call.reporter);
      Batch batch;
      batch.Add(window.tokens.ids);
      GrowingArray<float>& all = values.emplace_back();
      for (const Values& map : model.Run(batch, request).attention) all.Append(map.data);
      tokens_of.push_back(window.tokens.ids.size());
      call.reporter.Update({.label = "attention", .unit = "sequences", .done = static_cast<int64_t>(values.size())});
    });
  });
  nb::list arrays;
  for (size_t i = 0; i < values.size(); ++i)
    arrays.append(values[i].ToNumpy({maps.size(), tokens_of[i], tokens_of[i]}));
  return arrays;
}

}  // namespace agront::python
