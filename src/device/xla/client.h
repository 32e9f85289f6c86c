// SPDX-License-Identifier: Apache-2.0
// The devices of a plugin, and buffers in their memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "device/xla/plugin.h"

namespace agront::device::xla {

/// A setting of a plugin, by its name there. The type is part of it: another one is refused.
using Setting = std::pair<std::string, std::variant<int64_t, float, bool, std::string>>;

/// As the interface takes them; they point into `settings`.
std::vector<PJRT_NamedValue> NamedValues(const std::vector<Setting>& settings);

enum class Element { kInt32, kFloat32, kBFloat16 };

/// Bytes of one.
size_t SizeOf(Element element);

/// Values on a device. Goes before its client.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Plugin& plugin, PJRT_Buffer* buffer) : plugin_(&plugin), buffer_(buffer) {}
  ~Buffer();
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept;

  PJRT_Buffer* get() const { return buffer_; }

  /// Copies all values, of the shape `dims` and row by row, once they are computed. Throws Error when they are of
  /// another size, or were not computed.
  void Read(std::span<const int64_t> dims, std::span<float> to) const;

 private:
  const Plugin* plugin_ = nullptr;
  PJRT_Buffer* buffer_ = nullptr;
};

/// Thread safety: any thread may call it.
class Client {
 public:
  /// Starts the plugin's devices. Throws Error when there is none, or for settings that it does not take.
  Client(const Plugin& plugin, const std::vector<Setting>& settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const Plugin& plugin() const { return plugin_; }
  PJRT_Client* get() const { return client_; }
  /// "cpu", "cuda", "tpu".
  const std::string& platform() const { return platform_; }
  int num_devices() const { return static_cast<int>(devices_.size()); }
  /// "NVIDIA H200".
  std::string DeviceKind(int device) const;
  /// What the plugin says of a device, where it is text: "compute_capability" of NVIDIA's GPUs is "9.0". "" for what it
  /// does not say.
  std::string Attribute(int device, std::string_view name) const;
  /// Bytes of its memory that were in use at most; 0 where the plugin does not tell.
  int64_t PeakMemory(int device) const;

  /// Copies values of the shape `dims`, row by row, to a device; they may change afterwards. Throws Error, or
  /// DeviceFull.
  Buffer Upload(const void* values, Element element, std::span<const int64_t> dims, int device) const;

 private:
  PJRT_DeviceDescription* Description(int device) const;

  const Plugin& plugin_;
  PJRT_Client* client_ = nullptr;
  std::string platform_;
  std::span<PJRT_Device* const> devices_;
};

}  // namespace agront::device::xla
