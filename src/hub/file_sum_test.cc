// SPDX-License-Identifier: Apache-2.0
#include "hub/file_sum.h"

#include <gtest/gtest.h>

#include <string>

#include "hub/published_files.h"

namespace agront::hub {
namespace {

// printf hello | sha256sum; printf hello | git hash-object --stdin
constexpr char kSha256[] = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
constexpr char kGitSha1[] = "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0";

std::string Difference(const FileSum& sum, const std::string& text) {
  SumCheck check(sum);
  for (const char& letter : text) check.Update(std::as_bytes(std::span(&letter, 1)));
  EXPECT_EQ(check.size(), text.size());
  return check.Difference();
}

TEST(SumCheck, TakesWhatIsRight) {
  EXPECT_EQ(Difference({.size = 5, .sha256 = kSha256, .git_sha1 = kGitSha1}, "hello"), "");
  EXPECT_EQ(Difference({.size = 5, .sha256 = "", .git_sha1 = kGitSha1}, "hello"), "");
  EXPECT_EQ(Difference({.size = -1, .sha256 = kSha256, .git_sha1 = ""}, "hello"), "");
}

TEST(SumCheck, SaysWhatDiffers) {
  const FileSum sum{.size = 5, .sha256 = kSha256, .git_sha1 = kGitSha1};
  EXPECT_EQ(Difference(sum, "hell"), "expected 5 bytes, got 4");
  EXPECT_EQ(Difference(sum, "hello!"), "expected 5 bytes, got 6");
  EXPECT_NE(Difference(sum, "hellO").find(std::string("expected SHA-256 ") + kSha256 + ", got "), std::string::npos);
  EXPECT_NE(Difference({.size = 5, .sha256 = "", .git_sha1 = kGitSha1}, "hellO").find("expected git's SHA-1 b6fc"),
            std::string::npos);
}

TEST(PublishedFiles, HaveSizesAndChecksums) {
  for (const PublishedFile& file : PublishedFiles()) {
    EXPECT_GT(file.size, 0) << file.path;
    EXPECT_EQ(std::string(file.sha256).size(), 64U) << file.path;
  }
  EXPECT_EQ(PublishedSum("pytorch_model.bin")->size, 3'965'239'677);
  EXPECT_FALSE(PublishedSum("model.safetensors"));
}

}  // namespace
}  // namespace agront::hub
