// SPDX-License-Identifier: Apache-2.0
// The CPU plugins that tools/test_plugins.sh installed, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "device/xla/open_device.h"
#include "device/xla/plugin_places.h"

/// Plugins keep some memory until the process ends. The leak sanitizer looks for this function, and else does not.
extern "C" inline __attribute__((used, visibility("default"))) const char* __lsan_default_suppressions() {
  return "leak:xla_cpu_pjrt\nleak:pjrt_c_api_cpu_plugin\n";
}

namespace agront::device::xla {

/// An environment with one variable.
inline Environment OnlyVariable(const std::string& name, const std::string& value) {
  return [=](const char* asked) { return asked == name ? value : std::string(); };
}

/// Paths, one of each package: of the folder AGRONT_TEST_PLUGINS, else of build/plugins.
inline std::vector<std::string> TestPlugins() {
  const char* named = std::getenv("AGRONT_TEST_PLUGINS");
  const std::string folder = named != nullptr ? named : AGRONT_SOURCE_DIR "/build/plugins";
  std::vector<std::string> plugins;
  std::error_code missing;
  for (const auto& package : std::filesystem::directory_iterator(folder, missing))
    for (const PluginPlace& place : FindPlugins(*KindOf({"xla-cpu"}), OnlyVariable("PYTHONPATH", package.path())))
      plugins.push_back(place.path);
  return plugins;
}

/// Tests with a device: each plugin in turn, or skipped aloud. Nothing is kept for later runs.
class PluginTest : public testing::Test {
 protected:
  void SetUp() override {
    setenv("AGRONT_PROGRAM_CACHE", "off", 1);
    setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
    if (plugins_.empty()) GTEST_SKIP() << "no plugin of XLA in build/plugins: tools/test_plugins.sh installs two";
  }

  std::shared_ptr<const Device> Open(const std::string& plugin, int count = 1) const {
    return OpenDevice({plugin, count}, ProcessVariable);
  }

  const std::vector<std::string> plugins_ = TestPlugins();
};

}  // namespace agront::device::xla
