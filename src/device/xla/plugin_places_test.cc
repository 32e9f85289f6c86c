// SPDX-License-Identifier: Apache-2.0
#include "device/xla/plugin_places.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/test_folder.h"
#include "device/xla/compile_options.h"

namespace agront::device::xla {
namespace {

Environment Variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

std::vector<std::string> Paths(const std::string& kind, const Environment& environment) {
  std::vector<std::string> paths;
  for (const PluginPlace& place : FindPlugins(*KindOf({kind}), environment)) paths.push_back(place.path);
  return paths;
}

TEST(PluginPlaces, VariablesComeFirstThenEnvironmentsThenPath) {
  const TestFolder folder;
  const std::string name = "/jax_plugins/xla_cuda13/xla_cuda_plugin.so";
  const std::string own = folder.Write("env/lib/python3.11/site-packages" + name, "");
  const std::string conda = folder.Write("conda/lib/python3.12/site-packages" + name, "");
  const std::string listed = folder.Write("listed" + name, "");
  const std::string python = folder.Write("usr/lib/python3.11/site-packages" + name, "");
  folder.Write("usr/bin/python3", "");
  const std::string users = folder.Write("home/.local/lib/python3.11/site-packages" + name, "");
  const auto environment = Variables({{"VIRTUAL_ENV", folder.path("env")},
                                      {"CONDA_PREFIX", folder.path("conda")},
                                      {"PYTHONPATH", "/none:" + folder.path("listed")},
                                      {"PATH", "/none:" + folder.path("usr/bin")},
                                      {"HOME", folder.path("home")},
                                      {"PJRT_NAMES_AND_LIBRARY_PATHS", "tpu:/t.so,cuda:/c.so"},
                                      {"TPU_LIBRARY_PATH", "/own.so"}});
  EXPECT_EQ(Paths("cuda", environment), (std::vector<std::string>{"/c.so", own, conda, listed, python, users}));
  EXPECT_EQ(Paths("tpu", environment), (std::vector<std::string>{"/t.so", "/own.so"}));
  EXPECT_EQ(Paths("rocm", environment), std::vector<std::string>{});
}

TEST(PluginPlaces, FoldersOfTheCallerComeBeforeEnvironments) {
  const TestFolder folder;
  const std::string name = "/jax_plugins/xla_cuda13/xla_cuda_plugin.so";
  const std::string mine = folder.Write("mine" + name, "");
  const std::string own = folder.Write("env/lib/python3.11/site-packages" + name, "");
  const auto environment =
      Variables({{"VIRTUAL_ENV", folder.path("env")}, {"PJRT_NAMES_AND_LIBRARY_PATHS", "cuda:/c.so"}});
  LookFirstIn({"/none", folder.path("mine")});
  const std::vector<std::string> paths = Paths("cuda", environment);
  LookFirstIn({});
  EXPECT_EQ(paths, (std::vector<std::string>{"/c.so", mine, own}));
  EXPECT_EQ(Paths("cuda", environment), (std::vector<std::string>{"/c.so", own}));
}

TEST(PluginPlaces, EntryPointsSayWhereOthersAre) {
  const TestFolder folder;
  const std::string plugin = folder.Write("jax_plugins/new_xpu/pjrt_plugin_xpu.so", "");
  folder.Write("jax_plugins/new_xpu/libhelper.so", "");
  folder.Write("new-1.dist-info/entry_points.txt",
               "[console_scripts]\nxpu = other\n[jax_plugins]\n xpu = jax_plugins.new_xpu \n");
  folder.Write("odd.dist-info/entry_points.txt", "[xla_plugins]\nxpu\nxpu =\n= xpu.none\nxpu = ../../etc\n");
  const auto environment = Variables({{"PYTHONPATH", folder.path()}});
  EXPECT_EQ(Paths("oneapi", environment), std::vector<std::string>{plugin});
  EXPECT_EQ(Paths("cuda", environment), std::vector<std::string>{});
}

TEST(DeviceChoice, WordsAndNumbers) {
  EXPECT_EQ(ParseDevice(""), (DeviceChoice{"cpu", 1}));
  EXPECT_EQ(ParseDevice("cuda"), (DeviceChoice{"cuda", 1}));
  EXPECT_EQ(ParseDevice("tpu:8"), (DeviceChoice{"tpu", 8}));
  EXPECT_EQ(ParseDevice("/a:b/c.so"), (DeviceChoice{"/a:b/c.so", 1}));
  EXPECT_EQ(ParseDevice("/a:b/c.so:4"), (DeviceChoice{"/a:b/c.so", 4}));
  for (const char* wrong :
       {"gpu", "cuda:", "cuda:0", "cuda:-1", "cuda:1x", "cuda:1025", "cpu:2", "/a/c.txt", ":2", "\n"})
    EXPECT_THROW(ParseDevice(wrong), UsageError) << wrong;
}

TEST(DeviceChoice, KindOfAPathIsInItsName) {
  EXPECT_EQ(KindOf({"/tpu/xla_cuda_plugin.so"})->name, "cuda");
  EXPECT_EQ(KindOf({"/x/libtpu.so"})->name, "tpu");
  EXPECT_EQ(KindOf({"/cuda/other.so"}), nullptr);
  EXPECT_EQ(KindOf({"cpu"}), nullptr);
}

// The least that XLA takes, and an assignment of devices, byte by byte.
TEST(CompileOptions, BytesOfTheProtocolBuffer) {
  EXPECT_EQ(Serialize({.replicas = 1}), std::string("\x1a\x04\x20\x01\x28\x01"));
  EXPECT_EQ(Serialize({.replicas = 3}),
            std::string("\x1a\x11\x20\x03\x28\x01\x4a\x0b\x08\x03\x10\x01\x1a\x05\x0a\x03\x00\x01\x02", 19));
}

}  // namespace
}  // namespace agront::device::xla
