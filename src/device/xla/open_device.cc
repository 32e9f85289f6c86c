// SPDX-License-Identifier: Apache-2.0
#include "device/xla/open_device.h"

#include <fmt/ranges.h>

#include <charconv>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "agront/printable.h"
#include "base/error.h"
#include "device/xla/plugin_places.h"

namespace agront::device::xla {
namespace {

std::vector<Setting> SettingsOf(const DeviceChoice& choice) {
  const DeviceKind* kind = KindOf(choice);
  if (kind == nullptr) return {};
  if (kind->name == "xla-cpu") return {{"cpu_device_count", int64_t{choice.count}}};
  // Memory is taken as it is needed, so that others may use the GPU, too.
  if (kind->name == "cuda" || kind->name == "rocm") return {{"preallocate", false}, {"memory_fraction", 0.9F}};
  return {};
}

std::chrono::seconds StartLimit(const Environment& environment) {
  constexpr char kVariable[] = "AGRONT_DEVICE_SECONDS";
  constexpr int kDefault = 120, kMost = 3600;
  const std::string text = environment(kVariable);
  if (text.empty()) return std::chrono::seconds(kDefault);
  int seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > kMost)
    Fail("{}: expected a number of seconds from 1 to {}, got \"{}\"", kVariable, kMost, Printable(text));
  return std::chrono::seconds(seconds);
}

/// Calls `start` on a thread of its own, and gives its result, or throws Error when it takes longer. Then it goes on:
/// it must not use anything that its caller may destroy.
template <class Result>
Result Within(std::chrono::seconds limit, const std::string& what, std::function<Result()> start) {
  std::packaged_task<Result()> task(std::move(start));
  std::future<Result> future = task.get_future();
  std::thread thread(std::move(task));
  if (future.wait_for(limit) == std::future_status::timeout) {
    thread.detach();
    Fail("{}: expected it to start within {} seconds (AGRONT_DEVICE_SECONDS), got no answer", what, limit.count());
  }
  thread.join();
  return future.get();
}

}  // namespace

Device::Device(const Plugin& plugin, const DeviceChoice& choice)
    : choice_(choice), client_(plugin, SettingsOf(choice)) {
  if (client_.num_devices() < choice.count)
    Fail("{}: expected {} devices, got {} ({})", plugin.name(), choice.count, client_.num_devices(),
         client_.DeviceKind(0));
}

std::string Device::Describe() const {
  const DeviceKind* kind = KindOf(choice_);
  std::string text(kind == nullptr ? client_.platform() : kind->name);
  if (count() > 1) text += fmt::format(":{}", count());
  const std::string model = client_.DeviceKind(0);
  return model == client_.platform() ? text : fmt::format("{} ({})", text, model);
}

std::string PathOfPlugin(const DeviceChoice& choice, const Environment& environment) {
  if (choice.name.ends_with(".so")) return choice.name;
  const DeviceKind* kind = KindOf(choice);
  if (kind == nullptr) Fail("device {}: expected a device of a plugin", Printable(choice.name));
  const std::vector<PluginPlace> places = FindPlugins(*kind, environment);
  if (places.empty())
    Fail(
        "device {}: expected its plugin in a Python environment (VIRTUAL_ENV, PYTHONPATH), got none; "
        "pip install {}",
        kind->name, kind->install);
  return places.front().path;
}

std::shared_ptr<const Device> OpenDevice(const DeviceChoice& choice, const Environment& environment) {
  static std::mutex mutex;
  static auto* const open = new std::map<std::string, std::weak_ptr<const Device>>;  // plugins outlive static objects
  const std::string path = PathOfPlugin(choice, environment);
  const std::chrono::seconds limit = StartLimit(environment);
  const std::scoped_lock lock(mutex);
  std::weak_ptr<const Device>& found = (*open)[fmt::format("{}:{}", path, choice.count)];
  if (std::shared_ptr<const Device> device = found.lock()) return device;
  auto device =
      Within<std::shared_ptr<const Device>>(limit, Printable(path), [path, choice]() -> std::shared_ptr<const Device> {
        return std::make_shared<Device>(Plugin::Open(path), choice);
      });
  found = device;
  return device;
}

}  // namespace agront::device::xla
