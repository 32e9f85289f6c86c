// SPDX-License-Identifier: Apache-2.0
#include "xla/device_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/parallel.h"
#include "tensor/dtype.h"

namespace agront::xla {
namespace {

using stablehlo::Element;

constexpr std::string_view kBlock = "encoder.block.";

/// Lists parameters under names that begin alike.
class Lister {
 public:
  Lister(const DeviceShape& shape, Precision precision)
      : shape_(shape), products_(precision == Precision::kBf16 ? Element::kBf16 : Element::kF32) {}

  Axis hidden() const { return {1, shape_.model.hidden, shape_.hidden}; }
  Axis inner() const { return {shape_.model.heads, shape_.model.hidden / shape_.model.heads, shape_.head}; }
  Axis ffn() const { return {1, shape_.model.ffn, shape_.ffn}; }
  Axis vocabulary() const { return {1, shape_.model.vocabulary, shape_.vocabulary}; }

  void Table(const std::string& name, int64_t rows) { Add(name, {{1, rows, rows}, hidden()}, Element::kF32); }
  void Norm(const std::string& name) {
    Add(name + ".scale", {hidden()}, Element::kF32);
    Add(name + ".offset", {hidden()}, Element::kF32);
  }
  void Linear(const std::string& name, const Axis& out, const Axis& in) {
    Add(name + ".weight", {out, in}, products_);
    Add(name + ".bias", {out}, Element::kF32);
  }

  std::vector<DeviceParameter> Take() { return std::move(list_); }

 private:
  void Add(const std::string& name, std::vector<Axis> axes, Element element) {
    const int64_t layers = name.starts_with(kBlock) ? shape_.model.layers : 0;
    list_.push_back({.name = name, .axes = std::move(axes), .layers = layers, .element = element});
  }

  const DeviceShape& shape_;
  Element products_;
  std::vector<DeviceParameter> list_;
};

/// Copies a row of `axis.values()` values to where its groups lie.
void CopyPadded(std::span<const float> from, const Axis& axis, float* to) {
  for (int64_t g = 0; g < axis.groups; ++g)
    std::ranges::copy(from.subspan(static_cast<size_t>(g * axis.size), static_cast<size_t>(axis.size)),
                      to + g * axis.padded);
}

void ReadVector(const DeviceParameter& parameter, int64_t layer, nn::ParameterSource& source, std::byte* to) {
  const Axis& axis = parameter.axes.front();
  const std::vector<float> values = source.Vector(parameter.NameOf(layer), axis.values());
  CopyPadded(values, axis, reinterpret_cast<float*>(to));
}

void ReadMatrix(const DeviceParameter& parameter, int64_t layer, nn::ParameterSource& source, std::byte* to) {
  const Axis &out = parameter.axes[0], &in = parameter.axes[1];
  const ops::WeightView view = ops::Widened(source.Stored(parameter.NameOf(layer), out.values(), in.values()));
  const bool is_bf16 = parameter.element == Element::kBf16;
  const size_t row_bytes = static_cast<size_t>(in.room()) * (is_bf16 ? 2 : 4);
  ParallelFor(out.values(), [&](int64_t row) {
    std::vector<float> values(static_cast<size_t>(in.values())), padded(static_cast<size_t>(in.room()));
    for (int64_t i = 0; i < in.values(); ++i)
      values[static_cast<size_t>(i)] = view.data[row * view.out_stride + i * view.in_stride];
    CopyPadded(values, in, padded.data());
    std::byte* const place = to + static_cast<size_t>(row / out.size * out.padded + row % out.size) * row_bytes;
    if (is_bf16)
      tensor::FromFloat32(tensor::DType::kBFloat16, padded, place);
    else
      std::ranges::copy(std::as_bytes(std::span<const float>(padded)), place);
  });
}

}  // namespace

stablehlo::Type DeviceParameter::type() const {
  stablehlo::Type type{element, {}};
  if (layers > 0) type.dims.push_back(layers);
  for (const Axis& axis : axes) type.dims.push_back(axis.room());
  return type;
}

int64_t DeviceParameter::values() const {
  int64_t count = 1;
  for (const int64_t dim : type().dims) count *= dim;
  return count;
}

std::string DeviceParameter::NameOf(int64_t layer) const {
  if (layers == 0) return name;
  return fmt::format("{}{}.{}", kBlock, layer, name.substr(kBlock.size()));
}

std::vector<DeviceParameter> EncoderParameters(const DeviceShape& shape, Precision precision) {
  Lister list(shape, precision);
  list.Table("embedding.tokens", shape.model.vocabulary);
  list.Table("embedding.positions", shape.model.positions);
  list.Norm("encoder.block.attention.norm");
  list.Linear("encoder.block.attention.query", list.inner(), list.hidden());
  list.Linear("encoder.block.attention.key", list.inner(), list.hidden());
  list.Linear("encoder.block.attention.value", list.inner(), list.hidden());
  list.Linear("encoder.block.attention.output", list.hidden(), list.inner());
  list.Norm("encoder.block.ffn.norm");
  list.Linear("encoder.block.ffn.expand", list.ffn(), list.hidden());
  list.Linear("encoder.block.ffn.contract", list.hidden(), list.ffn());
  list.Norm("encoder.norm");
  return list.Take();
}

std::vector<DeviceParameter> HeadParameters(const DeviceShape& shape, Precision precision) {
  Lister list(shape, precision);
  list.Norm("encoder.norm");
  list.Linear("head.dense", list.hidden(), list.hidden());
  list.Norm("head.norm");
  list.Linear("head.decoder", list.vocabulary(), list.hidden());
  return list.Take();
}

std::vector<DeviceParameter> MapParameters(const DeviceShape& shape, Precision precision) {
  Lister list(shape, precision);
  list.Norm("encoder.block.attention.norm");
  list.Linear("encoder.block.attention.query", list.inner(), list.hidden());
  list.Linear("encoder.block.attention.key", list.inner(), list.hidden());
  return list.Take();
}

std::vector<std::byte> ReadParameter(const DeviceParameter& parameter, nn::ParameterSource& source) {
  const size_t bytes = static_cast<size_t>(parameter.values()) * (parameter.element == Element::kBf16 ? 2 : 4);
  std::vector<std::byte> values(bytes);
  const int64_t parts = std::max<int64_t>(parameter.layers, 1);
  for (int64_t layer = 0; layer < parts; ++layer) {
    std::byte* const to = values.data() + bytes / static_cast<size_t>(parts) * static_cast<size_t>(layer);
    if (parameter.axes.size() == 1)
      ReadVector(parameter, layer, source, to);
    else
      ReadMatrix(parameter, layer, source, to);
  }
  return values;
}

}  // namespace agront::xla
