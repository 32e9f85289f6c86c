// SPDX-License-Identifier: Apache-2.0
#include "base/output_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_folder.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  static bool IsOurs(const std::string& name) { return name.ends_with(".ours"); }
  static void Touch(const std::string& path) { std::ofstream(path) << "text"; }

  const TestFolder root_;
};

TEST_F(OutputFolderTest, AppearsWhenItIsCommitted) {
  for (const char* name : {"plain", "slash/"}) {
    OutputFolder folder(root_.path(name), false, "test", IsOurs);
    Touch(folder.File("a.ours"));
    EXPECT_FALSE(fs::exists(root_.path(name)));
    folder.Commit();
    EXPECT_EQ(root_.Names(name), std::vector<std::string>{"a.ours"});
  }
  EXPECT_EQ(root_.Names().size(), 2u);
}

TEST_F(OutputFolderTest, LeavesNothingWithoutCommit) {
  {
    OutputFolder folder(root_.path("x"), false, "test", IsOurs);
    Touch(folder.File("a.ours"));
  }
  EXPECT_TRUE(root_.Names().empty());
}

TEST_F(OutputFolderTest, ReplacesOnlyWhatIsOurs) {
  fs::create_directory(root_.path("x"));
  Touch(root_.path("x/old.ours"));
  EXPECT_THROW(OutputFolder(root_.path("x"), false, "test", IsOurs), Error);
  {
    OutputFolder folder(root_.path("x"), true, "test", IsOurs);
    Touch(folder.File("new.ours"));
    EXPECT_EQ(root_.Names("x"), std::vector<std::string>{"old.ours"});
    folder.Commit();
  }
  EXPECT_EQ(root_.Names("x"), std::vector<std::string>{"new.ours"});
  Touch(root_.path("x/thesis.txt"));
  EXPECT_THROW(OutputFolder(root_.path("x"), true, "test", IsOurs), Error);
  Touch(root_.path("file"));
  EXPECT_THROW(OutputFolder(root_.path("file"), true, "test", IsOurs), Error);
  EXPECT_THROW(OutputFolder(root_.path("no/x"), false, "test", IsOurs), Error);
  EXPECT_EQ(root_.Names(), (std::vector<std::string>{"file", "x"}));
}

}  // namespace
}  // namespace agront
