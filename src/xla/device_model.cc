// SPDX-License-Identifier: Apache-2.0
#include "xla/device_model.h"

#include "base/error.h"

namespace agront::xla {
namespace {

using device::xla::DeviceFull;

constexpr double kMega = 1e6;

device::xla::Element ElementOf(const DeviceParameter& parameter) {
  return parameter.element == stablehlo::Element::kBf16 ? device::xla::Element::kBFloat16
                                                        : device::xla::Element::kFloat32;
}

int64_t BytesOf(const std::vector<DeviceParameter>& parameters) {
  int64_t bytes = 0;
  for (const DeviceParameter& parameter : parameters)
    bytes += parameter.values() * static_cast<int64_t>(SizeOf(ElementOf(parameter)));
  return bytes;
}

/// Those of the head, but for the final LayerNorm, which the encoder has.
std::vector<DeviceParameter> AllParameters(const DeviceShape& shape, Precision precision, bool has_head) {
  std::vector<DeviceParameter> all = EncoderParameters(shape, precision);
  if (!has_head) return all;
  for (DeviceParameter& parameter : HeadParameters(shape, precision))
    if (parameter.name.starts_with("head.")) all.push_back(std::move(parameter));
  return all;
}

}  // namespace

DeviceModel::DeviceModel(std::shared_ptr<const device::xla::Device> device, const DeviceShape& shape,
                         nn::ParameterSource& source, Precision precision, AttentionKernel attention)
    : device_(std::move(device)),
      shape_(shape),
      precision_(precision),
      attention_(attention),
      has_head_(source.Has("head.decoder.weight")),
      cache_(device_->client(), device::xla::ProgramCacheFolder(ProcessVariable)) {
  const std::vector<DeviceParameter> all = AllParameters(shape_, precision_, has_head_);
  weight_bytes_ = BytesOf(all);
  for (const DeviceParameter& parameter : all) {
    const std::vector<std::byte> values = ReadParameter(parameter, source);
    for (int d = 0; d < device_->count(); ++d) try {
        weights_[parameter.name].push_back(
            device_->client().Upload(values.data(), ElementOf(parameter), parameter.type().dims, d));
      } catch (const DeviceFull& full) {
        Fail("{}: expected {:.0f} MB of memory for the weights, got less; --precision bf16 takes half ({})",
             device_->Describe(), static_cast<double>(weight_bytes_) / kMega, full.what());
      }
  }
}

DeviceBuffers DeviceModel::Run(const std::string& name, const std::function<std::string()>& text,
                               DeviceArguments inputs, const std::vector<DeviceParameter>& parameters) {
  for (size_t d = 0; d < inputs.size(); ++d)
    for (const DeviceParameter& parameter : parameters) inputs[d].push_back(&weights_.at(parameter.name)[d]);
  auto found = programs_.find(name);
  if (found == programs_.end())
    found = programs_.emplace(name, cache_.Get(text(), {.replicas = device_->count()})).first;
  return found->second.Run(inputs);
}

std::span<float> DeviceModel::Scratch(int64_t values) {
  scratch_.Use(static_cast<size_t>(values));
  return {scratch_.data(), static_cast<size_t>(values)};
}

}  // namespace agront::xla
