// SPDX-License-Identifier: Apache-2.0
#include "device/xla/device_choice.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "agront/printable.h"
#include "base/error.h"

namespace agront::device::xla {
namespace {

constexpr int kMostDevices = 1024;

bool IsPath(std::string_view name) { return name.ends_with(".so"); }

int ParseCount(std::string_view text, std::string_view all) {
  int count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc() || end != text.data() + text.size() || count < 1 || count > kMostDevices)
    FailUsage("device {}: expected a number of devices from 1 to {} behind the colon, got \"{}\"", Printable(all),
              kMostDevices, Printable(text));
  return count;
}

}  // namespace

std::span<const DeviceKind> DeviceKinds() {
  static const std::vector<DeviceKind> kinds = {
      {"cuda",
       "NVIDIA GPUs",
       "jax-cuda13-plugin[with-cuda]",
       {"cuda"},
       {"jax_plugins/xla_cuda13/xla_cuda_plugin.so", "jax_plugins/xla_cuda12/xla_cuda_plugin.so"}},
      {"tpu", "Google TPUs", "libtpu", {"tpu"}, {"libtpu/libtpu.so"}},
      {"rocm", "AMD GPUs", "jax-rocm7-pjrt", {"rocm"}, {"jax_plugins/xla_rocm7/xla_rocm_plugin.so"}},
      {"oneapi", "Intel GPUs", "intel-extension-for-openxla", {"xpu", "oneapi", "intel"}, {}},
      {"xla-cpu",
       "processors, by XLA: for tests",
       "xla-cpu-pjrt",
       {"cpu"},
       {"lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so", "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so"}},
  };
  return kinds;
}

DeviceChoice ParseDevice(std::string_view text) {
  if (text.empty()) return {"cpu"};
  DeviceChoice choice{std::string(text)};
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && !IsPath(text)) {
    choice.name = text.substr(0, colon);
    choice.count = ParseCount(text.substr(colon + 1), text);
  }
  if (choice.is_processor() && colon != std::string_view::npos)
    FailUsage("device {}: cpu is one device; --threads says how many of its cores compute", Printable(text));
  const bool is_kind = std::ranges::any_of(DeviceKinds(), [&](const auto& kind) { return kind.name == choice.name; });
  if (!choice.is_processor() && !is_kind && !IsPath(choice.name))
    FailUsage(
        "device {}: expected cpu, cuda, tpu, rocm, oneapi, xla-cpu or the path of a plugin (.so), each with :N "
        "for N devices but cpu",
        Printable(text));
  return choice;
}

const DeviceKind* KindOf(const DeviceChoice& choice) {
  const std::string file = std::filesystem::path(choice.name).filename().string();
  for (const DeviceKind& kind : DeviceKinds()) {
    const bool is_named = std::ranges::any_of(
        kind.words, [&](std::string_view word) { return IsPath(choice.name) && file.find(word) != std::string::npos; });
    if (kind.name == choice.name || is_named) return &kind;
  }
  return nullptr;
}

}  // namespace agront::device::xla
