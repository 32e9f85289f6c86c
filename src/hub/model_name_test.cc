// SPDX-License-Identifier: Apache-2.0
#include "hub/model_name.h"

#include <gtest/gtest.h>

namespace agront::hub {
namespace {

TEST(ModelName, ReadsNames) {
  const auto published = ParseModelName("agront-1b");
  ASSERT_TRUE(published);
  EXPECT_EQ(published->repository, kPublishedRepository);
  EXPECT_TRUE(published->is_published());
  EXPECT_EQ(published->text(), "agront-1b");
  EXPECT_TRUE(ParseModelName(kPublishedRepository)->is_published());
  const auto revision = ParseModelName("agront-1b@refs/pr/2");
  EXPECT_EQ(revision->revision, "refs/pr/2");
  EXPECT_FALSE(revision->is_published());
  EXPECT_EQ(ParseModelName("a.b_c-d/E.1@v1.0")->text(), "a.b_c-d/E.1@v1.0");
  EXPECT_EQ(ParseModelName("a/b")->revision, "main");
}

TEST(ModelName, RefusesWhatLeavesItsFolder) {
  for (const char* text :
       {"",        "a",      "agront-2b", "a/b/c",    "/a/b",   "a/",      "/b",     "../b",          "a/..",
        "a/.b",    ".a/b",   "a--b/c",    "a/b--c",   "a..b/c", "a/b@",    "a/b@..", "a/b@a/../../b", "a/b@/x",
        "a/b@x/",  "a/b@.x", "a/b@x/.y",  "a/b@x//y", "a/b@-x", "a/b@x y", "a b/c",  "a/b\n",         "a\\b/c",
        "a/b@x@y", "-a/b"})
    EXPECT_FALSE(ParseModelName(text)) << text;
  EXPECT_FALSE(ParseModelName("a/" + std::string(97, 'b')));
  EXPECT_FALSE(ParseModelName(std::string("a/b\0c", 5)));
}

TEST(ModelName, KnowsCommitsAndBlobs) {
  EXPECT_TRUE(IsCommit(std::string(40, 'a')));
  EXPECT_FALSE(IsCommit(std::string(40, 'A')));
  EXPECT_FALSE(IsCommit(std::string(40, 'g')));
  EXPECT_FALSE(IsCommit(std::string(64, 'a')));
  EXPECT_TRUE(IsBlobName(std::string(64, '0')));
  EXPECT_FALSE(IsBlobName(std::string(63, '0')));
  EXPECT_FALSE(IsBlobName("../" + std::string(37, '0')));
}

}  // namespace
}  // namespace agront::hub
