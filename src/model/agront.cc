// SPDX-License-Identifier: Apache-2.0
#include "model/agront.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "ops/embedding/embedding.h"

namespace agront::model {
namespace {

std::vector<nn::EncoderBlock> MakeBlocks(nn::ParameterSource& source, const ModelShape& shape, Precision precision) {
  std::vector<nn::EncoderBlock> blocks;
  for (int64_t i = 0; i < shape.layers; ++i)
    blocks.emplace_back(source, fmt::format("encoder.block.{}", i), shape, precision);
  return blocks;
}

void Check(const Batch& batch, const ForwardRequest& request, const ModelShape& shape) {
  if (batch.offsets.empty() || batch.offsets.front() != 0 || !std::ranges::is_sorted(batch.offsets) ||
      batch.offsets.back() != static_cast<int64_t>(batch.tokens.size()))
    FailUsage("batch: offsets must rise from 0 to the number of tokens, {}", batch.tokens.size());
  for (const HiddenLayer& hidden : request.hidden)
    if (hidden.layer < 0 || hidden.layer > shape.layers)
      FailUsage("layer {}: the model has layers 0 (embeddings) to {}", hidden.layer, shape.layers);
  for (const AttentionMap& map : request.attention) {
    if (map.layer < 1 || map.layer > shape.layers)
      FailUsage("attention map {}:{}: the model has layers 1 to {}", map.layer, map.head, shape.layers);
    if (map.head < 0 || map.head >= shape.heads)
      FailUsage("attention map {}:{}: the model has heads 0 to {}", map.layer, map.head, shape.heads - 1);
    if (map.sequence < 0 || map.sequence >= batch.sequences())
      FailUsage("attention map of sequence {}: the batch has {}", map.sequence, batch.sequences());
  }
  for (const int64_t row : request.logit_rows)
    if (row < 0 || row >= static_cast<int64_t>(batch.tokens.size()))
      FailUsage("logits of row {}: the batch has {}", row, batch.tokens.size());
}

bool WantsLogits(const ForwardRequest& request) { return request.all_logits || !request.logit_rows.empty(); }

int64_t LastBlock(const ForwardRequest& request, const ModelShape& shape) {
  if (WantsLogits(request)) return shape.layers;
  int64_t last = 0;
  for (const HiddenLayer& hidden : request.hidden) last = std::max(last, hidden.layer);
  for (const AttentionMap& map : request.attention) last = std::max(last, map.layer);
  return last;
}

/// Makes room for the maps of one layer, and says where they go.
std::vector<nn::AttentionMapOutput> MapsOfLayer(int64_t layer, const Batch& batch, const ForwardRequest& request,
                                                ForwardOutput& output) {
  std::vector<nn::AttentionMapOutput> maps;
  for (size_t i = 0; i < request.attention.size(); ++i) {
    const AttentionMap& map = request.attention[i];
    if (map.layer != layer) continue;
    const int64_t tokens = batch.offsets[map.sequence + 1] - batch.offsets[map.sequence];
    output.attention[i].Resize(tokens, tokens, tokens);
    maps.push_back({map.sequence, map.head, output.attention[i].view()});
  }
  return maps;
}

void CheckFinite(const tensor::Matrix& matrix, const std::string& what) {
  for (const float value : matrix.view().values())
    if (!std::isfinite(value)) Fail("{}: expected finite numbers, got {}; agront info --verify says more", what, value);
}

}  // namespace

AgroNT::AgroNT(const ModelShape& shape, nn::ParameterSource& source, Precision precision)
    : shape_(shape),
      precision_(precision),
      token_table_(nn::LoadTable(source, "embedding.tokens", shape.vocabulary, shape.hidden)),
      position_table_(nn::LoadTable(source, "embedding.positions", shape.positions, shape.hidden)),
      blocks_(MakeBlocks(source, shape, precision)),
      final_norm_(source, "encoder.norm", shape.hidden, shape.layer_norm_epsilon),
      head_(source.Has("head.decoder.weight")
                ? std::optional<nn::LanguageModelHead>(std::in_place, source, "head", shape, precision)
                : std::nullopt) {}

void AgroNT::Reserve(int64_t rows) {
  planned_rows_ = rows;
  workspace_.Reserve(rows, shape_, precision_);
  residual_.Reserve(ops::PaddedRows(rows), shape_.hidden);
}

void AgroNT::Forward(const Batch& batch, const ForwardRequest& request, ForwardOutput& output) {
  Check(batch, request, shape_);
  if (WantsLogits(request) && !head_)
    FailUsage("logits: expected a masked language model, got one without a language-model head");
  output.hidden.resize(request.hidden.size());
  output.attention.resize(request.attention.size());

  const auto rows = static_cast<int64_t>(batch.tokens.size());
  workspace_.Resize(rows, shape_);
  residual_.Resize(rows, shape_.hidden, ops::PaddedRows(rows));
  ops::EmbeddingForward(batch.tokens, batch.offsets, {token_table_.view(), position_table_.view()}, residual_.view());

  const int64_t last = LastBlock(request, shape_);
  for (int64_t layer = 0; layer <= last; ++layer) {
    if (layer > 0) {
      const auto maps = MapsOfLayer(layer, batch, request, output);
      blocks_[layer - 1].Forward(batch.offsets, maps, workspace_, residual_.view());
    }
    for (size_t i = 0; i < request.hidden.size(); ++i) {
      const HiddenLayer& wanted = request.hidden[i];
      if (wanted.layer != layer) continue;
      output.hidden[i].Reserve(planned_rows_, shape_.hidden);
      output.hidden[i].Resize(rows, shape_.hidden, rows);
      if (layer == shape_.layers && !wanted.raw)
        final_norm_.Forward(residual_.view(), output.hidden[i].view());
      else
        std::ranges::copy(residual_.view().values(), output.hidden[i].view().data);
      CheckFinite(output.hidden[i], fmt::format("hidden state of layer {}", layer));
    }
  }
  if (WantsLogits(request)) {
    RunHead(batch, request, output.logits);
    CheckFinite(output.logits, "logits");
  }
  for (const tensor::Matrix& map : output.attention) CheckFinite(map, "attention map");
}

void AgroNT::RunHead(const Batch& batch, const ForwardRequest& request, tensor::Matrix& logits) {
  const auto rows = static_cast<int64_t>(request.all_logits ? batch.tokens.size() : request.logit_rows.size());
  const int64_t stored = ops::PaddedRows(rows);
  const int64_t planned = ops::PaddedRows(planned_rows_);
  for (tensor::Matrix* matrix : {&head_input_, &head_inner_}) {
    matrix->Reserve(planned, shape_.hidden);
    matrix->Resize(rows, shape_.hidden, stored);
  }
  logits.Reserve(planned, shape_.vocabulary);
  logits.Resize(rows, shape_.vocabulary, stored);
  for (int64_t i = 0; i < rows; ++i)
    std::ranges::copy(residual_.row(request.all_logits ? i : request.logit_rows[i]), head_input_.view().row(i).data());
  final_norm_.Forward(head_input_.view(), head_input_.view());
  head_->Forward(head_input_.view(), head_inner_.view(), logits.view(), workspace_.input());
}

std::unique_ptr<Encoder> MakeEncoder(const ModelShape& shape, nn::ParameterSource& source, Precision precision) {
  return std::make_unique<AgroNT>(shape, source, precision);
}

}  // namespace agront::model
