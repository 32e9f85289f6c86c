// SPDX-License-Identifier: Apache-2.0
#include "hub/cache.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace agront::hub {
namespace {

namespace fs = std::filesystem;

const std::string kCommit(40, 'c'), kBlob(64, 'b');  // NOLINT(cert-err58-cpp)

class CacheTest : public testing::Test {
 protected:
  std::string InRepository(const std::string& path) const { return "models--a--b/" + path; }

  TestFolder folder_;
  Cache cache_{folder_.path()};
  ModelName name_{.repository = "a/b"};
};

TEST_F(CacheTest, WritesWhatItFinds) {
  EXPECT_FALSE(cache_.FindSnapshot(name_));
  cache_.MakeFolders(name_, kCommit);
  folder_.Write(InRepository("blobs/" + kBlob), "content");
  cache_.Link(name_, kCommit, "x/y/z.bin", kBlob, true);
  EXPECT_FALSE(cache_.FindSnapshot(name_)) << "its revision is not known yet";
  cache_.WriteRef(name_, kCommit);
  ASSERT_EQ(cache_.FindSnapshot(name_), cache_.Snapshot(name_, kCommit));
  EXPECT_EQ(folder_.Read(InRepository("refs/main")), kCommit);
  const fs::path link = cache_.Snapshot(name_, kCommit) / "x/y/z.bin";
  EXPECT_EQ(fs::read_symlink(link), "../../../../blobs/" + kBlob);
  EXPECT_EQ(folder_.Read(InRepository("snapshots/" + kCommit + "/x/y/z.bin")), "content");
  name_.revision = kCommit;
  EXPECT_TRUE(cache_.FindSnapshot(name_));
}

TEST_F(CacheTest, ReplacesLinksAndFilesOfOthers) {
  cache_.MakeFolders(name_, kCommit);
  folder_.Write(InRepository("blobs/" + kBlob), "new");
  folder_.Write(InRepository("blobs/" + std::string(40, 'a')), "old");
  folder_.Write(InRepository("snapshots/" + kCommit + "/file"), "a file");
  fs::create_symlink("../../blobs/" + std::string(40, 'a'), cache_.Snapshot(name_, kCommit) / "link");
  fs::create_symlink("nowhere", cache_.Snapshot(name_, kCommit) / "broken");
  for (const char* path : {"file", "link", "broken"}) {
    cache_.Link(name_, kCommit, path, kBlob, true);
    EXPECT_EQ(folder_.Read(InRepository("snapshots/" + kCommit + "/" + path)), "new") << path;
  }
  EXPECT_EQ(folder_.Read(InRepository("blobs/" + std::string(40, 'a'))), "old");
  EXPECT_EQ(folder_.Names(InRepository("snapshots/" + kCommit)), (std::vector<std::string>{"broken", "file", "link"}));
}

TEST_F(CacheTest, MovesWhereNothingMayBeLinked) {
  cache_.MakeFolders(name_, kCommit);
  folder_.Write(InRepository("blobs/" + kBlob), "content");
  cache_.Link(name_, kCommit, "file", kBlob, false);
  EXPECT_TRUE(folder_.Names(InRepository("blobs")).empty());
  EXPECT_FALSE(fs::is_symlink(cache_.Snapshot(name_, kCommit) / "file"));
}

TEST_F(CacheTest, ReadsRefsOfOthers) {
  name_.revision = "refs/pr/1";
  folder_.Write(InRepository("refs/refs/pr/1"), kCommit + "\r\n");
  EXPECT_EQ(cache_.CommitOf(name_), kCommit);
  EXPECT_FALSE(cache_.FindSnapshot(name_)) << "its folder is not there";
  for (const std::string& text : {std::string(), std::string("../x"), kCommit + "0", kCommit + " "}) {
    folder_.Write(InRepository("refs/refs/pr/1"), text);
    ExpectError([&] { cache_.CommitOf(name_); }, "refs/pr/1: expected a commit");
  }
}

}  // namespace
}  // namespace agront::hub
