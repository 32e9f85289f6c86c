// SPDX-License-Identifier: Apache-2.0
// The choice of a device by a user: a kind of device or a plugin's file, and how many.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agront::device::xla {

/// A kind of device that plugins of XLA compute for.
struct DeviceKind {
  std::string_view name;                ///< as it is asked for: "cuda"
  std::string_view what;                ///< in words: "NVIDIA GPUs"
  std::string_view install;             ///< the packages, as pip takes them
  std::vector<std::string_view> words;  ///< one is in the names of its plugins
  std::vector<std::string_view> files;  ///< plugins by their place in site-packages, the best first
};

/// cuda, tpu, rocm, oneapi, xla-cpu.
std::span<const DeviceKind> DeviceKinds();

struct DeviceChoice {
  std::string name;  ///< "cpu", the name of a kind, or the path of a plugin
  int count = 1;     ///< devices that share the work

  bool is_processor() const { return name == "cpu"; }  ///< our own engine
  bool operator==(const DeviceChoice&) const = default;
};

/// Reads "NAME", "NAME:N", "PATH.so" or "PATH.so:N"; "" is cpu. Throws UsageError.
DeviceChoice ParseDevice(std::string_view text);

/// The kind of a choice: by its name, or of a path by the words in the file's name; nullptr when these say nothing.
const DeviceKind* KindOf(const DeviceChoice& choice);

}  // namespace agront::device::xla
