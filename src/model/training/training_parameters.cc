// SPDX-License-Identifier: Apache-2.0
#include "model/training/training_parameters.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/normal.h"
#include "base/parallel.h"
#include "model/checkpoints/model_hash.h"
#include "tokenizer/vocabulary.h"

namespace agront::model {
namespace {

constexpr float kInitialDeviation = 0.02f;  // initializer_range of the published configuration

int64_t DivideUp(int64_t count, int64_t size) { return (count + size - 1) / size; }

void Fill(std::span<float> values, float value) {
  constexpr int64_t kPart = 1 << 20;
  const auto size = static_cast<int64_t>(values.size());
  ParallelFor(DivideUp(size, kPart), [&](int64_t part) {
    std::fill_n(values.data() + part * kPart, std::min(kPart, size - part * kPart), value);
  });
}

/// `number` differs between parameters.
void FillNormal(std::span<float> values, uint64_t seed, uint32_t number) {
  constexpr int64_t kOfBlock = 4;
  constexpr int64_t kBlocks = 1 << 14;
  const auto size = static_cast<int64_t>(values.size());
  ParallelFor(DivideUp(size, kBlocks * kOfBlock), [&](int64_t part) {
    for (int64_t block = part * kBlocks; block < (part + 1) * kBlocks && block * kOfBlock < size; ++block) {
      const auto index = static_cast<uint64_t>(block);
      const auto normals = Normals({{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                                    {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), number, 0}});
      for (int64_t i = 0; i < std::min(kOfBlock, size - block * kOfBlock); ++i)
        values[block * kOfBlock + i] = kInitialDeviation * normals[i];
    }
  });
}

const ModelShape& Checked(const ModelShape& shape) {
  if (shape.hidden < 1 || shape.heads < 1 || shape.hidden % shape.heads != 0 || shape.layers < 1 || shape.ffn < 1 ||
      shape.vocabulary < 1 || shape.max_tokens() < 1)
    Fail(
        "model: expected sizes of at least 1 and heads that divide hidden, got hidden {}, heads {}, layers {}, ffn {}, "
        "vocabulary {}, positions {}",
        shape.hidden, shape.heads, shape.layers, shape.ffn, shape.vocabulary, shape.positions);
  return shape;
}

}  // namespace

TrainingParameters::TrainingParameters(const ModelShape& shape, const IsTrainable& is_trainable)
    : TrainingParameters(Checked(shape), Parameters(shape), is_trainable) {}

TrainingParameters::TrainingParameters(const ModelShape& shape, const std::vector<Parameter>& parameters,
                                       const IsTrainable& is_trainable)
    : shape_(shape) {
  int64_t values = 0, gradients = 0;
  for (const Parameter& parameter : parameters) {
    const bool is_frozen = is_trainable && !is_trainable(parameter.name);
    index_of_name_[parameter.name] = table_.size();
    table_.push_back({parameter, values, gradients, is_frozen});
    if (!is_frozen) {
      if (!ranges_.empty() && ranges_.back().value_offset + ranges_.back().size == values)
        ranges_.back().size += parameter.size();
      else
        ranges_.push_back({values, gradients, parameter.size()});
      gradients += parameter.size();
    }
    values += parameter.size();
  }
  values_ = tensor::AlignedBuffer<float>(static_cast<size_t>(values));
  gradients_ = tensor::AlignedBuffer<float>(static_cast<size_t>(gradients));
  ZeroGradients();
}

void TrainingParameters::Load(const Checkpoint& checkpoint) {
  if (checkpoint.shape() != shape_)
    Fail(
        "{}: expected a model of hidden {}, heads {}, layers {}, ffn {}, positions {}, LayerNorm epsilon {}, got "
        "hidden {}, heads {}, layers {}, ffn {}, positions {}, epsilon {}",
        checkpoint.path(), shape_.hidden, shape_.heads, shape_.layers, shape_.ffn, shape_.positions,
        shape_.layer_norm_epsilon, checkpoint.shape().hidden, checkpoint.shape().heads, checkpoint.shape().layers,
        checkpoint.shape().ffn, checkpoint.shape().positions, checkpoint.shape().layer_norm_epsilon);
  for (const Parameter& parameter : checkpoint.parameters()) {
    if (!Contains(parameter.name)) continue;
    float* to = ValuesOf(parameter.name).data();
    ops::ForEachRow(checkpoint.Read(parameter),
                    [&](std::span<const float> row) { to = std::ranges::copy(row, to).out; });
  }
}

void TrainingParameters::Load(const formats::TensorArchive& archive) {
  for (const PlacedParameter& placed : table_) {
    const Parameter& parameter = placed.parameter;
    const auto entry = std::ranges::find(archive.entries(), parameter.hugging_face, &formats::TensorEntry::name);
    if (entry == archive.entries().end()) Fail("{}: tensor {} is missing", archive.path(), parameter.hugging_face);
    std::vector<int64_t> shape = {parameter.rows};
    if (parameter.cols != 0) shape.push_back(parameter.cols);
    if (entry->shape != shape)
      Fail("{}: tensor {}: expected shape [{}], got [{}]", archive.path(), entry->name, fmt::join(shape, ", "),
           fmt::join(entry->shape, ", "));
    const formats::TensorValues read = archive.Read(static_cast<size_t>(entry - archive.entries().begin()));
    const bool is_matrix = parameter.cols != 0;
    const ops::WeightView view{read.data, is_matrix ? parameter.rows : 1, is_matrix ? parameter.cols : parameter.rows,
                               is_matrix ? read.strides[0] : 0, read.strides.back()};
    float* to = values_.data() + placed.value_offset;
    ops::ForEachRow(view, [&](std::span<const float> row) { to = std::ranges::copy(row, to).out; });
  }
}

void TrainingParameters::InitializeRandomly(uint64_t seed) {
  for (size_t i = 0; i < table_.size(); ++i) {
    const auto& [parameter, offset, gradient_offset, is_frozen] = table_[i];
    const std::span<float> values(values_.data() + offset, static_cast<size_t>(parameter.size()));
    if (parameter.cols == 0) {
      Fill(values, parameter.name.ends_with(".scale") ? 1.0f : 0.0f);
      continue;
    }
    FillNormal(values, seed, static_cast<uint32_t>(i));
    if (parameter.name.starts_with("embedding."))
      std::ranges::fill(values.subspan(tokenizer::kPadId * parameter.cols, parameter.cols), 0.0f);
  }
}

void TrainingParameters::ZeroGradients() { Fill(gradients(), 0.0f); }

void TrainingParameters::TellReady(std::initializer_list<std::string> prefixes, const GradientsReady& ready) const {
  int64_t first = -1, last = 0;
  for (const PlacedParameter& placed : table_) {
    const auto begins = [&](const std::string& prefix) { return placed.parameter.name.starts_with(prefix); };
    if (placed.is_frozen || std::ranges::none_of(prefixes, begins)) continue;
    if (first < 0) first = placed.gradient_offset;
    last = placed.gradient_offset + placed.parameter.size();
  }
  if (ready && first >= 0) ready(first, last);
}

const PlacedParameter& TrainingParameters::Placed(const std::string& name) const {
  const auto found = index_of_name_.find(name);
  if (found == index_of_name_.end()) Fail("training: the model has no parameter {}", name);
  return table_[found->second];
}

std::span<float> TrainingParameters::ValuesOf(const std::string& name) {
  const PlacedParameter& placed = Placed(name);
  return values().subspan(static_cast<size_t>(placed.value_offset), static_cast<size_t>(placed.parameter.size()));
}

nn::training::TrainedParameter TrainingParameters::Find(const std::string& name, int64_t rows, int64_t cols) {
  const auto& [parameter, offset, gradient_offset, is_frozen] = Placed(name);
  if (parameter.rows != rows || parameter.cols != cols)
    Fail("training: parameter {}: expected [{}, {}], got [{}, {}]", name, rows, cols, parameter.rows, parameter.cols);
  nn::training::TrainedParameter found{.values = ValuesOf(name), .gradient = {}, .rows = rows, .cols = cols};
  if (!is_frozen) found.gradient = gradients().subspan(gradient_offset, static_cast<size_t>(parameter.size()));
  if (cols != 0) found.weights = found.matrix();
  return found;
}

}  // namespace agront::model
