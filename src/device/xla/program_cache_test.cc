// SPDX-License-Identifier: Apache-2.0
#include "device/xla/program_cache.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "base/test_folder.h"
#include "device/xla/test_plugins.h"

namespace agront::device::xla {
namespace {

constexpr char kTwice[] =
    "module @m {\nfunc.func public @main(%x: tensor<3xf32>) -> (tensor<3xf32>) {\n"
    "  %y = stablehlo.add %x, %x : tensor<3xf32>\n  return %y : tensor<3xf32>\n}\n}\n";

class ProgramCacheTest : public PluginTest {
 protected:
  /// Twice 1, 2, 3 by a program of the cache.
  std::vector<float> Twice(const Client& client, ProgramCache& cache) const {
    const std::array<float, 3> x{1, 2, 3};
    const std::array<int64_t, 1> dims{3};
    const Buffer buffer = client.Upload(x.data(), Element::kFloat32, dims, 0);
    const auto results = cache.Get(kTwice, {}).Run({{&buffer}});
    std::vector<float> y(3);
    results[0][0].Read(dims, y);
    return y;
  }
  const std::vector<float> want_{2, 4, 6};
};

TEST_F(ProgramCacheTest, TheNextRunLoads) {
  for (const std::string& plugin : plugins_) {
    const TestFolder folder;
    const auto device = Open(plugin);
    ProgramCache first(device->client(), folder.path("cache")), second(device->client(), folder.path("cache"));
    EXPECT_EQ(Twice(device->client(), first), want_);
    EXPECT_EQ(first.num_loaded(), 0);
    EXPECT_EQ(Twice(device->client(), second), want_);
    EXPECT_EQ(second.num_loaded(), 1) << plugin;
    EXPECT_EQ(folder.Names("cache").size(), 1);
  }
}

TEST_F(ProgramCacheTest, DamagedProgramsAreCompiledAgain) {
  const TestFolder folder;
  const auto device = Open(plugins_.front());
  ProgramCache first(device->client(), folder.path());
  Twice(device->client(), first);
  const std::string name = folder.Names().at(0), whole = folder.Read(name);
  std::string flipped = whole, foreign = whole;
  flipped[whole.size() / 2] ^= 1;
  foreign[30] = foreign[30] == '0' ? '1' : '0';  // in the key
  for (const std::string& damaged : {flipped, foreign, whole.substr(0, whole.size() / 2), std::string()}) {
    folder.Write(name, damaged);
    ProgramCache cache(device->client(), folder.path());
    EXPECT_EQ(Twice(device->client(), cache), want_);
    EXPECT_EQ(cache.num_loaded(), 0);
    ProgramCache mended(device->client(), folder.path());
    Twice(device->client(), mended);
    EXPECT_EQ(mended.num_loaded(), 1);
  }
}

// A program that one plugin saved may load in another one, and compute zeros.
TEST_F(ProgramCacheTest, PluginsDoNotShareFiles) {
  if (plugins_.size() < 2) GTEST_SKIP() << "one plugin";
  const TestFolder folder;
  for (const std::string& plugin : plugins_) {
    const auto device = Open(plugin);
    ProgramCache cache(device->client(), folder.path());
    EXPECT_EQ(Twice(device->client(), cache), want_);
    EXPECT_EQ(cache.num_loaded(), 0);
  }
  EXPECT_EQ(folder.Names().size(), plugins_.size());
}

TEST_F(ProgramCacheTest, AFolderThatCannotBeWrittenIsNoError) {
  const TestFolder folder;
  const auto device = Open(plugins_.front());
  ProgramCache cache(device->client(), folder.Write("file", "") + "/below");
  EXPECT_EQ(Twice(device->client(), cache), want_);
}

TEST(ProgramCacheFolder, Variables) {
  EXPECT_EQ(ProgramCacheFolder(OnlyVariable("AGRONT_PROGRAM_CACHE", "/a")), "/a");
  EXPECT_EQ(ProgramCacheFolder(OnlyVariable("AGRONT_PROGRAM_CACHE", "off")), "");
  EXPECT_EQ(ProgramCacheFolder(OnlyVariable("XDG_CACHE_HOME", "/x")), "/x/agront/programs");
  EXPECT_EQ(ProgramCacheFolder(OnlyVariable("HOME", "/h")), "/h/.cache/agront/programs");
  EXPECT_EQ(ProgramCacheFolder(OnlyVariable("NONE", "")), "");
}

/// A compiler's message names the place in the text, on one line, with the plugin's name.
TEST_F(ProgramCacheTest, MistakesInTheText) {
  for (const std::string& plugin : plugins_) {
    const auto device = Open(plugin);
    ExpectError([&] { Executable::Compile(device->client(), "module @m { nonsense }", {}); }, "compiling: ");
    ExpectError([&] { Executable::Compile(device->client(), "module @m { nonsense }", {}); }, "PJRT 0.");
    ExpectError([&] { Executable::Load(device->client(), "nonsense"); }, "loading a program: ");
  }
}

}  // namespace
}  // namespace agront::device::xla
