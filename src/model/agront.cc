// SPDX-License-Identifier: Apache-2.0
#include "model/agront.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "model/forward_check.h"
#include "ops/embedding/embedding.h"

namespace agront::model {
namespace {

std::vector<nn::EncoderBlock> MakeBlocks(nn::ParameterSource& source, const ModelShape& shape, Precision precision) {
  std::vector<nn::EncoderBlock> blocks;
  for (int64_t i = 0; i < shape.layers; ++i)
    blocks.emplace_back(source, fmt::format("encoder.block.{}", i), shape, precision);
  return blocks;
}

/// Whether of the last block nothing but some rows is wanted, each once and in order, so that they alone go through it.
bool NarrowsLastBlock(const ForwardRequest& request, const ModelShape& shape) {
  const auto is_last = [&](const auto& of) { return of.layer == shape.layers; };
  return !request.all_logits && !request.logit_rows.empty() && std::ranges::none_of(request.hidden, is_last) &&
         std::ranges::none_of(request.attention, is_last) &&
         std::ranges::is_sorted(request.logit_rows, std::ranges::less_equal());
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
  CheckRequest(batch, request, shape_, head_.has_value());
  output.hidden.resize(request.hidden.size());
  output.attention.resize(request.attention.size());

  const auto rows = static_cast<int64_t>(batch.tokens.size());
  workspace_.Resize(rows, shape_);
  residual_.Resize(rows, shape_.hidden, ops::PaddedRows(rows));
  ops::EmbeddingForward(batch.tokens, batch.offsets, {token_table_.view(), position_table_.view()}, residual_.view());

  const bool narrows = NarrowsLastBlock(request, shape_);
  const int64_t last = LastBlock(request, shape_) - (narrows ? 1 : 0);
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
    }
  }
  if (WantsLogits(request)) {
    TakeHeadRows(batch, request);
    if (narrows) RunLastBlock(batch, request);
    RunHead(output.logits);
  }
  CheckFiniteOutput(request, output);
}

void AgroNT::TakeHeadRows(const Batch& batch, const ForwardRequest& request) {
  const auto rows = static_cast<int64_t>(request.all_logits ? batch.tokens.size() : request.logit_rows.size());
  head_input_.Reserve(ops::PaddedRows(planned_rows_), shape_.hidden);
  head_input_.Resize(rows, shape_.hidden, ops::PaddedRows(rows));
  for (int64_t i = 0; i < rows; ++i)
    std::ranges::copy(residual_.row(request.all_logits ? i : request.logit_rows[i]), head_input_.view().row(i).data());
}

void AgroNT::RunLastBlock(const Batch& batch, const ForwardRequest& request) {
  std::vector<int64_t> offsets;
  for (const int64_t offset : batch.offsets)
    offsets.push_back(std::ranges::lower_bound(request.logit_rows, offset) - request.logit_rows.begin());
  blocks_.back().Forward(batch.offsets, workspace_, residual_.view(), {head_input_.view(), offsets});
}

void AgroNT::RunHead(tensor::Matrix& logits) {
  const int64_t rows = head_input_.rows(), stored = ops::PaddedRows(rows);
  const int64_t planned = ops::PaddedRows(planned_rows_);
  head_inner_.Reserve(planned, shape_.hidden);
  head_inner_.Resize(rows, shape_.hidden, stored);
  logits.Reserve(planned, shape_.vocabulary);
  logits.Resize(rows, shape_.vocabulary, stored);
  final_norm_.Forward(head_input_.view(), head_input_.view());
  head_->Forward(head_input_.view(), head_inner_.view(), logits.view(), workspace_.input());
}

std::unique_ptr<Encoder> MakeEncoder(const ModelShape& shape, nn::ParameterSource& source, Precision precision) {
  return std::make_unique<AgroNT>(shape, source, precision);
}

}  // namespace agront::model
