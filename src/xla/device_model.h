// SPDX-License-Identifier: Apache-2.0
// Weights and programs of a model on its devices.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "device/xla/open_device.h"
#include "device/xla/program_cache.h"
#include "nn/parameter_source.h"
#include "tensor/aligned_buffer.h"
#include "xla/device_parameters.h"
#include "xla/programs.h"

namespace agront::xla {

/// Buffers of each device: [device][argument or result].
using DeviceBuffers = std::vector<std::vector<device::xla::Buffer>>;
/// Arguments of each device.
using DeviceArguments = std::vector<std::vector<const device::xla::Buffer*>>;

/// Thread safety: one call at a time.
class DeviceModel {
 public:
  /// Uploads all parameters that the source has. Throws Error when the devices' memory does not do.
  DeviceModel(std::shared_ptr<const device::xla::Device> device, const DeviceShape& shape, nn::ParameterSource& source,
              Precision precision, AttentionKernel attention);

  const device::xla::Device& device() const { return *device_; }
  const DeviceShape& shape() const { return shape_; }
  Precision precision() const { return precision_; }
  AttentionKernel attention() const { return attention_; }
  bool has_head() const { return has_head_; }
  int64_t weight_bytes() const { return weight_bytes_; }  ///< on each device

  /// Runs a program, made by `text` when it was not run before: its arguments are `inputs`, then the parameters.
  DeviceBuffers Run(const std::string& name, const std::function<std::string()>& text, DeviceArguments inputs,
                    const std::vector<DeviceParameter>& parameters);

  /// Room for results, until the next call.
  std::span<float> Scratch(int64_t values);

 private:
  std::shared_ptr<const device::xla::Device> device_;
  DeviceShape shape_;
  Precision precision_;
  AttentionKernel attention_;
  bool has_head_;
  int64_t weight_bytes_ = 0;
  std::map<std::string, std::vector<device::xla::Buffer>> weights_;  // of each device
  device::xla::ProgramCache cache_;
  std::map<std::string, device::xla::Executable> programs_;
  tensor::ReusedBuffer<float> scratch_;
};

}  // namespace agront::xla
