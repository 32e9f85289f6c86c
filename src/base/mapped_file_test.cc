// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/test_folder.h"
#include "base/text_file.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

TEST(MappedFile, NoticesThatItsFileWasCut) {
  const TestFolder folder;
  const std::string path = folder.Write("weights", std::string(10'000, 'x'));
  const MappedFile file(path);
  file.CheckSize();
  fs::resize_file(path, 20'000);  // what was mapped is there
  file.CheckSize();
  fs::resize_file(path, 9'999);
  ExpectError([&] { file.CheckSize(); }, "weights: expected 10000 bytes, as it had when it was opened, got 9999");
}

TEST(MappedFile, KeepsWhatAnotherFileReplaces) {
  const TestFolder folder;
  const std::string path = folder.Write("weights", std::string(10'000, 'x'));
  const MappedFile file(path);
  fs::rename(folder.Write("other", "y"), path);
  file.CheckSize();
  EXPECT_EQ(static_cast<char>(file.bytes()[9'999]), 'x');
  fs::remove(path);
  file.CheckSize();
}

TEST(TextFile, IsReadWhole) {
  const TestFolder folder;
  for (const size_t size : {0, 1, 4095, 4096, 4097, 100'000}) {
    const std::string text(size, 't');
    EXPECT_EQ(ReadTextFile(folder.Write("text", text)), text);
  }
  EXPECT_NE(ReadTextFile("/proc/self/status").find("Threads"), std::string::npos);  // has a size of 0
  ExpectError([&] { ReadTextFile(folder.path()); }, "expected a regular file");
  ExpectError([&] { ReadTextFile(folder.path("no")); }, "no");
  fs::resize_file(folder.path("text"), 64'000'001);
  ExpectError([&] { ReadTextFile(folder.path("text")); }, "at most 64000000 bytes, got 64000001");
}

}  // namespace
}  // namespace agront
