// SPDX-License-Identifier: Apache-2.0
#include "base/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/test_folder.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  std::string Path(const char* name) const { return folder_.path(name); }

  const TestFolder folder_;
};

TEST_F(OutputFileTest, AppearsWhole) {
  OutputFile file(Path("a"), false);
  file.Write("text");
  EXPECT_FALSE(fs::exists(Path("a")));
  file.Commit();
  EXPECT_EQ(folder_.Read("a"), "text");
  EXPECT_EQ(folder_.Names().size(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingWithoutCommit) {
  { OutputFile(Path("a"), false).Write("text"); }
  EXPECT_TRUE(folder_.Names().empty());
}

TEST_F(OutputFileTest, OverwritesOnlyWhenTold) {
  for (const bool first : {true, false}) {
    OutputFile file(Path("a"), !first);
    file.Write(first ? "old" : "new");
    file.Commit();
  }
  EXPECT_EQ(folder_.Read("a"), "new");
  EXPECT_THROW(OutputFile(Path("a"), false), Error);
  EXPECT_THROW(OutputFile(Path("no/such/folder"), false), Error);
  EXPECT_THROW(OutputFile(folder_.path(), true), Error);
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
