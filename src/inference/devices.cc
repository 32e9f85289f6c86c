// SPDX-License-Identifier: Apache-2.0
#include "agront/device.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "agront/error.h"
#include "device/xla/open_device.h"
#include "device/xla/plugin_places.h"

namespace agront {
namespace {

namespace xla = device::xla;

DeviceReport Look(const xla::DeviceKind& kind) {
  DeviceReport report{.name = std::string(kind.name), .what = std::string(kind.what)};
  try {
    const xla::DeviceChoice choice{report.name};
    report.plugin = xla::PathOfPlugin(choice, ProcessVariable);
    const auto device = xla::OpenDevice(choice, ProcessVariable);
    report.version = device->client().plugin().version();
    report.devices = fmt::format("{} x {}", device->client().num_devices(), device->client().DeviceKind(0));
  } catch (const Error& error) {
    report.missing = error.what();
  }
  return report;
}

}  // namespace

std::vector<DeviceReport> FindDevices() {
  std::vector<DeviceReport> reports;
  for (const xla::DeviceKind& kind : xla::DeviceKinds()) reports.push_back(Look(kind));
  return reports;
}

int64_t BatchTokensOf(const std::string& device) {
  constexpr int64_t kProcessor = 2048, kAccelerator = 32'768;
  const xla::DeviceChoice choice = xla::ParseDevice(device);
  const xla::DeviceKind* kind = xla::KindOf(choice);
  return choice.is_processor() || (kind != nullptr && kind->name == "xla-cpu") ? kProcessor
                                                                               : kAccelerator * choice.count;
}

void LookForPluginsIn(std::vector<std::string> folders) { xla::LookFirstIn(std::move(folders)); }

void KeepPluginsQuiet() {
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  setenv("TPU_LOG_DIR", "disabled", 0);
  setenv("TPU_SKIP_MDS_QUERY", "1", 0);  // of a metadata server, which is waited for by minutes outside Google's cloud
}

}  // namespace agront
