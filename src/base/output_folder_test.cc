// SPDX-License-Identifier: Apache-2.0
#include "base/output_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "agront/error.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  OutputFolderTest() {
    std::string pattern = (fs::temp_directory_path() / "agront_folder_XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~OutputFolderTest() override { fs::remove_all(root_); }

  static bool IsOurs(const std::string& name) { return name.ends_with(".ours"); }
  static void Touch(const fs::path& path) { std::ofstream(path) << "text"; }
  static std::vector<std::string> Names(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  fs::path root_;
};

TEST_F(OutputFolderTest, AppearsWhenItIsCommitted) {
  for (const char* name : {"plain", "slash/"}) {
    OutputFolder folder(root_ / name, false, "test", IsOurs);
    Touch(folder.File("a.ours"));
    EXPECT_FALSE(fs::exists(root_ / name));
    folder.Commit();
    EXPECT_EQ(Names(root_ / name), std::vector<std::string>{"a.ours"});
  }
  EXPECT_EQ(Names(root_).size(), 2u);
}

TEST_F(OutputFolderTest, LeavesNothingWithoutCommit) {
  {
    OutputFolder folder(root_ / "x", false, "test", IsOurs);
    Touch(folder.File("a.ours"));
  }
  EXPECT_TRUE(Names(root_).empty());
}

TEST_F(OutputFolderTest, ReplacesOnlyWhatIsOurs) {
  fs::create_directory(root_ / "x");
  Touch(root_ / "x" / "old.ours");
  EXPECT_THROW(OutputFolder(root_ / "x", false, "test", IsOurs), Error);
  {
    OutputFolder folder(root_ / "x", true, "test", IsOurs);
    Touch(folder.File("new.ours"));
    EXPECT_EQ(Names(root_ / "x"), std::vector<std::string>{"old.ours"});
    folder.Commit();
  }
  EXPECT_EQ(Names(root_ / "x"), std::vector<std::string>{"new.ours"});
  Touch(root_ / "x" / "thesis.txt");
  EXPECT_THROW(OutputFolder(root_ / "x", true, "test", IsOurs), Error);
  Touch(root_ / "file");
  EXPECT_THROW(OutputFolder(root_ / "file", true, "test", IsOurs), Error);
  EXPECT_THROW(OutputFolder(root_ / "no" / "x", false, "test", IsOurs), Error);
  EXPECT_EQ(Names(root_), (std::vector<std::string>{"file", "x"}));
}

}  // namespace
}  // namespace agront
