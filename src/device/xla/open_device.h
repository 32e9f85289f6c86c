// SPDX-License-Identifier: Apache-2.0
// From what was asked for to devices that run.
#pragma once

#include <memory>
#include <string>

#include "base/environment.h"
#include "device/xla/client.h"
#include "device/xla/device_choice.h"

namespace agront::device::xla {

/// Devices that were started, of one plugin. Thread safety: any thread may call it.
class Device {
 public:
  Device(const Plugin& plugin, const DeviceChoice& choice);

  const Client& client() const { return client_; }
  const DeviceChoice& choice() const { return choice_; }
  int count() const { return choice_.count; }
  bool is_processor() const { return client_.platform() == "cpu"; }  ///< XLA on this processor
  /// "xla-cpu", "cuda:2 (NVIDIA H200)".
  std::string Describe() const;

 private:
  DeviceChoice choice_;
  Client client_;
};

/// The plugin's path: the choice's own, or the first that FindPlugins gives. Throws Error, with how to install one.
std::string PathOfPlugin(const DeviceChoice& choice, const Environment& environment);

/// Starts the devices, or shares those of the same choice that run. Throws Error when the plugin is not there, cannot
/// be used here, has fewer devices than asked for, or does not start in the seconds of the variable
/// AGRONT_DEVICE_SECONDS (default 120): the thread that waits for it is then left behind.
std::shared_ptr<const Device> OpenDevice(const DeviceChoice& choice, const Environment& environment);

}  // namespace agront::device::xla
