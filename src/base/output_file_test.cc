// SPDX-License-Identifier: Apache-2.0
#include "base/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/error.h"
#include "base/text_file.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() : folder_(fs::temp_directory_path() / ("agront_out_" + std::to_string(std::random_device{}()))) {
    fs::create_directory(folder_);
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }
  std::string Path(const char* name) const { return (folder_ / name).string(); }
  size_t Files() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }

  fs::path folder_;
};

TEST_F(OutputFileTest, AppearsWhole) {
  OutputFile file(Path("a"), false);
  file.Write("text");
  EXPECT_FALSE(fs::exists(Path("a")));
  file.Commit();
  EXPECT_EQ(ReadTextFile(Path("a")), "text");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingWithoutCommit) {
  { OutputFile(Path("a"), false).Write("text"); }
  EXPECT_EQ(Files(), 0u);
}

TEST_F(OutputFileTest, OverwritesOnlyWhenTold) {
  for (const bool first : {true, false}) {
    OutputFile file(Path("a"), !first);
    file.Write(first ? "old" : "new");
    file.Commit();
  }
  EXPECT_EQ(ReadTextFile(Path("a")), "new");
  EXPECT_THROW(OutputFile(Path("a"), false), Error);
  EXPECT_THROW(OutputFile(Path("no/such/folder"), false), Error);
  EXPECT_THROW(OutputFile(folder_.string(), true), Error);
}

TEST_F(OutputFileTest, WritesDevicesDirectly) {
  OutputFile full("/dev/full", false);
  full.Write("text");
  EXPECT_THROW(full.Commit(), Error);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  OutputFile null("/dev/null", false);
  null.Write("text");
  null.Commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace agront
