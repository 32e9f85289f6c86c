// SPDX-License-Identifier: Apache-2.0
#include "xla/row_pass.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "model/forward_check.h"

namespace agront::xla {
namespace {

using device::xla::Buffer;

constexpr int32_t kFirstPosition = 2;                     // as ops/embedding has it
constexpr int32_t kNoSegment = -1;                        // of padding, which sees only itself
constexpr int64_t kMostChosen = 4096;                     // tokens that go through the head at once
constexpr size_t kResidual = 0, kNormed = 1, kStack = 2;  // results of EncoderProgram

void CopyRow(const float* from, std::span<float> to) { std::copy_n(from, to.size(), to.data()); }

/// The same numbers on each device.
std::vector<std::vector<int32_t>> Everywhere(size_t devices, const std::vector<int32_t>& numbers) {
  return std::vector<std::vector<int32_t>>(devices, numbers);
}

}  // namespace

void PrepareOutput(const Batch& batch, const ForwardRequest& request, const ModelShape& shape,
                   model::ForwardOutput& output) {
  const auto tokens = static_cast<int64_t>(batch.tokens.size());
  output.hidden.resize(request.hidden.size());
  for (tensor::Matrix& hidden : output.hidden) hidden.Resize(tokens, shape.hidden, tokens);
  output.attention.resize(request.attention.size());
  for (size_t i = 0; i < request.attention.size(); ++i) {
    const int64_t s = request.attention[i].sequence;
    const int64_t length = batch.offsets[s + 1] - batch.offsets[s];
    output.attention[i].Resize(length, length, length);
  }
  if (!model::WantsLogits(request)) return;
  const int64_t rows = request.all_logits ? tokens : static_cast<int64_t>(request.logit_rows.size());
  output.logits.Resize(rows, shape.vocabulary, rows);
}

RowPass::RowPass(DeviceModel& model, const PackedRows& packed, const RowShape& rows, int64_t first, const Batch& batch)
    : model_(model), rows_(rows) {
  const auto devices = static_cast<size_t>(model_.device().count());
  const auto room = static_cast<size_t>(rows.rows * rows.tokens);
  tokens_.assign(devices, std::vector<int32_t>(room));
  positions_ = tokens_;
  segments_.assign(devices, std::vector<int32_t>(room, kNoSegment));
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    const Piece& piece = packed.pieces[static_cast<size_t>(s)];
    const int64_t row = piece.row - first;
    if (row < 0 || row >= rows.rows * static_cast<int64_t>(devices)) continue;
    const Sequence sequence{.number = s,
                            .device = static_cast<int>(row / rows.rows),
                            .row = row % rows.rows,
                            .begin = piece.begin,
                            .offset = batch.offsets[s],
                            .length = batch.offsets[s + 1] - batch.offsets[s]};
    const auto d = static_cast<size_t>(sequence.device);
    for (int64_t i = 0; i < sequence.length; ++i) {
      const auto place = static_cast<size_t>(TokenOf(sequence, i));
      tokens_[d][place] = batch.tokens[static_cast<size_t>(sequence.offset + i)];
      positions_[d][place] = kFirstPosition + static_cast<int32_t>(i);
      segments_[d][place] = static_cast<int32_t>(sequences_.size());
    }
    sequences_.push_back(sequence);
  }
}

void RowPass::Start(const ForwardRequest& request) {
  kept_ = KeptLayers(request);
  encoded_ = RunEncoder(model::LastBlock(request, model_.shape().model), kept_);
  if (model::WantsLogits(request)) StartHead(request);
}

void RowPass::Finish(const ForwardRequest& request, model::ForwardOutput& output) {
  TakeHidden(request, output);
  TakeLogits(output);
  TakeMaps(request, output);
}

int64_t RowPass::PlaceOf(int64_t layer, const std::vector<int64_t>& kept) {
  return std::ranges::find(kept, layer) - kept.begin();
}

bool RowPass::IsNormed(const HiddenLayer& wanted) const {
  return wanted.layer == model_.shape().model.layers && !wanted.raw;
}

std::vector<int64_t> RowPass::KeptLayers(const ForwardRequest& request) const {
  std::set<int64_t> kept;
  for (const HiddenLayer& wanted : request.hidden)
    if (!IsNormed(wanted)) kept.insert(wanted.layer);
  for (const AttentionMap& map : request.attention) kept.insert(map.layer - 1);  // its input
  return {kept.begin(), kept.end()};
}

DeviceBuffers RowPass::Upload(const std::vector<std::vector<int32_t>>& numbers,
                              const std::vector<int64_t>& dims) const {
  DeviceBuffers buffers(numbers.size());
  for (size_t d = 0; d < numbers.size(); ++d)
    buffers[d].push_back(
        model_.device().client().Upload(numbers[d].data(), device::xla::Element::kInt32, dims, static_cast<int>(d)));
  return buffers;
}

DeviceBuffers RowPass::RunEncoder(int64_t num_layers, const std::vector<int64_t>& kept) {
  const auto count = static_cast<int64_t>(kept.size());
  const int64_t layers = model_.shape().model.layers;
  std::vector<int32_t> places;
  for (int64_t layer = 0; layer <= layers; ++layer) places.push_back(static_cast<int32_t>(PlaceOf(layer, kept)));

  AttentionPlan plan{.kernel = model_.attention()};
  if (plan.kernel == AttentionKernel::kPacked)
    for (const auto& segments : segments_)
      plan.segments = std::max(plan.segments, MostSegments(segments, rows_.tokens));

  const std::vector<int64_t> grid{rows_.rows, rows_.tokens};
  segment_buffers_ = Upload(segments_, grid);
  const DeviceBuffers tokens = Upload(tokens_, grid), positions = Upload(positions_, grid);
  const DeviceBuffers blocks = Upload(Everywhere(tokens.size(), {static_cast<int32_t>(num_layers)}), {});
  const DeviceBuffers where = Upload(Everywhere(tokens.size(), places), {layers + 1});
  const DeviceBuffers bounds = UploadBounds(plan);
  DeviceArguments arguments;
  for (size_t d = 0; d < tokens.size(); ++d) {
    arguments.push_back({&tokens[d].front(), &positions[d].front(), &segment_buffers_[d].front()});
    for (const Buffer& bound : bounds[d]) arguments[d].push_back(&bound);
    arguments[d].insert(arguments[d].end(), {&blocks[d].front(), &where[d].front()});
  }
  return model_.Run(
      fmt::format("encoder {} {} {} {}", rows_.rows, rows_.tokens, count, plan.segments),
      [&] { return EncoderProgram(model_.shape(), model_.precision(), rows_, count, plan); }, std::move(arguments),
      EncoderParameters(model_.shape(), model_.precision()));
}

DeviceBuffers RowPass::UploadBounds(const AttentionPlan& plan) const {
  if (plan.kernel != AttentionKernel::kPacked) return DeviceBuffers(segments_.size());
  std::vector<std::vector<int32_t>> lengths, offsets;
  for (const auto& segments : segments_) {
    RowSegments list = SegmentsOfRows(segments, rows_.tokens, plan.segments, model_.shape().inner());
    lengths.push_back(std::move(list.lengths));
    offsets.push_back(std::move(list.offsets));
  }
  DeviceBuffers bounds = Upload(lengths, {rows_.rows, plan.segments});
  DeviceBuffers more = Upload(offsets, {rows_.rows, plan.segments + 1});
  for (size_t d = 0; d < bounds.size(); ++d) bounds[d].push_back(std::move(more[d].front()));
  return bounds;
}

void RowPass::TakeHidden(const ForwardRequest& request, model::ForwardOutput& output) {
  const int64_t channels = model_.shape().hidden, real = model_.shape().model.hidden;
  const auto take = [&](size_t result, int64_t entries, bool normed) {
    const std::vector<int64_t> dims = result == kStack
                                          ? std::vector<int64_t>{entries, rows_.rows, rows_.tokens, channels}
                                          : std::vector<int64_t>{rows_.rows, rows_.tokens, channels};
    const int64_t entry_size = rows_.rows * rows_.tokens * channels;
    for (size_t d = 0; d < encoded_.size(); ++d) {
      const std::span<float> values = model_.Scratch(entries * entry_size);
      encoded_[d][result].Read(dims, values);
      for (size_t i = 0; i < request.hidden.size(); ++i) {
        if (IsNormed(request.hidden[i]) != normed) continue;
        const int64_t place = normed ? 0 : PlaceOf(request.hidden[i].layer, kept_);
        ForSequencesOf(d, [&](const Sequence& sequence) {
          for (int64_t t = 0; t < sequence.length; ++t)
            CopyRow(values.data() + place * entry_size + TokenOf(sequence, t) * channels,
                    output.hidden[i].view().row(sequence.offset + t).first(static_cast<size_t>(real)));
        });
      }
    }
  };
  const bool wants_normed = std::ranges::any_of(request.hidden, [&](const auto& wanted) { return IsNormed(wanted); });
  const bool wants_kept = std::ranges::any_of(request.hidden, [&](const auto& wanted) { return !IsNormed(wanted); });
  if (wants_normed) take(kNormed, 1, true);
  if (wants_kept) take(kStack, static_cast<int64_t>(kept_.size()) + 1, false);
}

std::vector<std::vector<RowPass::ChosenToken>> RowPass::ChosenTokens(const ForwardRequest& request) const {
  std::vector<std::vector<ChosenToken>> chosen(tokens_.size());
  const auto add = [&](const Sequence& sequence, int64_t token, int64_t row) {
    chosen[static_cast<size_t>(sequence.device)].push_back({TokenOf(sequence, token - sequence.offset), row});
  };
  for (const Sequence& sequence : sequences_) {
    const int64_t end = sequence.offset + sequence.length;
    if (request.all_logits)
      for (int64_t token = sequence.offset; token < end; ++token) add(sequence, token, token);
    else
      for (size_t row = 0; row < request.logit_rows.size(); ++row)
        if (const int64_t token = request.logit_rows[row]; token >= sequence.offset && token < end)
          add(sequence, token, static_cast<int64_t>(row));
  }
  return chosen;
}

void RowPass::StartHead(const ForwardRequest& request) {
  chosen_ = ChosenTokens(request);
  size_t most = 0;
  for (const auto& tokens : chosen_) most = std::max(most, tokens.size());
  const int64_t count = ChosenOfPass(static_cast<int64_t>(most), kMostChosen);
  head_tokens_ = static_cast<size_t>(count);
  for (size_t first = 0; first < most; first += head_tokens_) {
    std::vector<std::vector<int32_t>> numbers(chosen_.size(), std::vector<int32_t>(head_tokens_));
    for (size_t d = 0; d < chosen_.size(); ++d)
      for (size_t i = first; i < std::min(first + head_tokens_, chosen_[d].size()); ++i)
        numbers[d][i - first] = static_cast<int32_t>(chosen_[d][i].token);
    const DeviceBuffers rows = Upload(numbers, {count});
    DeviceArguments arguments;
    for (size_t d = 0; d < rows.size(); ++d) arguments.push_back({&encoded_[d][kResidual], &rows[d].front()});
    logits_.push_back(model_.Run(
        fmt::format("head {} {} {}", rows_.rows, rows_.tokens, count),
        [&] { return HeadProgram(model_.shape(), model_.precision(), rows_, count); }, std::move(arguments),
        HeadParameters(model_.shape(), model_.precision())));
  }
}

void RowPass::TakeLogits(model::ForwardOutput& output) {
  const int64_t vocabulary = model_.shape().vocabulary, count = static_cast<int64_t>(head_tokens_);
  for (size_t part = 0; part < logits_.size(); ++part)
    for (size_t d = 0; d < chosen_.size(); ++d) {
      const size_t first = part * head_tokens_;
      if (chosen_[d].size() <= first) continue;
      const std::span<float> values = model_.Scratch(count * vocabulary);
      logits_[part][d].front().Read(std::vector<int64_t>{count, vocabulary}, values);
      for (size_t i = first; i < std::min(first + head_tokens_, chosen_[d].size()); ++i)
        CopyRow(values.data() + static_cast<int64_t>(i - first) * vocabulary,
                output.logits.view().row(chosen_[d][i].row));
    }
}

std::vector<std::vector<RowPass::LayerOfRow>> RowPass::MapsOfDevices(const ForwardRequest& request) const {
  std::vector<std::set<LayerOfRow>> wanted(tokens_.size());
  for (const Sequence& sequence : sequences_)
    for (const AttentionMap& map : request.attention)
      if (map.sequence == sequence.number)
        wanted[static_cast<size_t>(sequence.device)].insert({map.layer, sequence.row});
  std::vector<std::vector<LayerOfRow>> lists;
  for (const auto& of_device : wanted) lists.emplace_back(of_device.begin(), of_device.end());
  return lists;
}

void RowPass::TakeMaps(const ForwardRequest& request, model::ForwardOutput& output) {
  const std::vector<std::vector<LayerOfRow>> lists = MapsOfDevices(request);
  size_t most = 0;
  for (const auto& list : lists) most = std::max(most, list.size());
  for (size_t next = 0; next < most; ++next) {
    // A device that has no more makes one that nobody looks at.
    std::vector<std::vector<int32_t>> places, rows, blocks;
    for (const auto& list : lists) {
      const LayerOfRow one = next < list.size() ? list[next] : LayerOfRow{1, 0};
      places.push_back({static_cast<int32_t>(PlaceOf(one.layer - 1, kept_))});
      rows.push_back({static_cast<int32_t>(one.row)});
      blocks.push_back({static_cast<int32_t>(one.layer - 1)});
    }
    const DeviceBuffers place = Upload(places, {}), row = Upload(rows, {}), block = Upload(blocks, {});
    DeviceArguments arguments;
    for (size_t d = 0; d < lists.size(); ++d)
      arguments.push_back(
          {&encoded_[d][kStack], &segment_buffers_[d].front(), &place[d].front(), &row[d].front(), &block[d].front()});
    const auto count = static_cast<int64_t>(kept_.size());
    const DeviceBuffers maps = model_.Run(
        fmt::format("maps {} {} {}", rows_.rows, rows_.tokens, count),
        [&] { return MapProgram(model_.shape(), model_.precision(), rows_, count); }, std::move(arguments),
        MapParameters(model_.shape(), model_.precision()));
    for (size_t d = 0; d < lists.size(); ++d)
      if (next < lists[d].size()) CopyMaps(request, d, lists[d][next], maps[d].front(), output);
  }
}

void RowPass::CopyMaps(const ForwardRequest& request, size_t device, const LayerOfRow& from, const Buffer& maps,
                       model::ForwardOutput& output) {
  const int64_t heads = model_.shape().model.heads, tokens = rows_.tokens;
  const std::span<float> values = model_.Scratch(heads * tokens * tokens);
  maps.Read(std::vector<int64_t>{heads, tokens, tokens}, values);
  ForSequencesOf(device, [&](const Sequence& sequence) {
    for (size_t i = 0; i < request.attention.size(); ++i) {
      const AttentionMap& map = request.attention[i];
      if (map.sequence != sequence.number || map.layer != from.layer || sequence.row != from.row) continue;
      for (int64_t t = 0; t < sequence.length; ++t)
        CopyRow(values.data() + ((map.head * tokens) + sequence.begin + t) * tokens + sequence.begin,
                output.attention[i].view().row(t));
    }
  });
}

void RowPass::ForSequencesOf(size_t device, const std::function<void(const Sequence&)>& work) const {
  ParallelFor(static_cast<int64_t>(sequences_.size()), [&](int64_t i) {
    const Sequence& sequence = sequences_[static_cast<size_t>(i)];
    if (static_cast<size_t>(sequence.device) == device) work(sequence);
  });
}

}  // namespace agront::xla
