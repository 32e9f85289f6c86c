// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/hub_answers.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace agront::pull {
namespace {

const std::string kGit(40, 'a'), kSha256(64, 'b');  // NOLINT(cert-err58-cpp)

TEST(IsSafePath, KeepsToTheFolder) {
  for (const char* path : {"a", "a/b", "a.b", "...", "..a/b", "a b", "jax_model/x.joblib", "\xC3\xA9"})
    EXPECT_TRUE(IsSafePath(path)) << path;
  for (const char* path :
       {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "./a", "a/.", "a\\b", "a\nb", "a\x7F"})
    EXPECT_FALSE(IsSafePath(path)) << path;
  EXPECT_FALSE(IsSafePath(std::string("a\0b", 3)));
  EXPECT_FALSE(IsSafePath(std::string(201, 'a')));
}

TEST(ParseListing, ReadsSmallAndLargeFiles) {
  const auto files = ParseListing(R"([{"type": "directory", "path": "d"},
      {"type": "file", "path": "a", "size": 3, "oid": ")" +
                                      kGit + R"("},
      {"type": "file", "path": "d/b", "size": 130, "oid": "c", "lfs": {"size": 5000000000, "oid": ")" +
                                      kSha256 + R"("}},
      {"type": "file", "path": "c", "size": 0}])",
                                  "list");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].sum.git_sha1, kGit);
  EXPECT_EQ(files[0].sum.size, 3);
  EXPECT_EQ(files[1].sum.sha256, kSha256);
  EXPECT_EQ(files[1].sum.size, 5'000'000'000);
  EXPECT_FALSE(files[2].sum.has_checksum());
}

TEST(ParseListing, RefusesSizesThatAreNone) {
  for (const char* size : {"-1", "1e3", "18446744073709551615", "4398046511105", "null", "\"3\""})
    ExpectError([&] { ParseListing(R"([{"type": "file", "path": "a", "size": )" + std::string(size) + "}]", "list"); },
                "list: expected the size of a file");
}

TEST(ParseDescription, ReadsCommitAndLicence) {
  const std::string begin = R"({"sha": ")" + kGit + R"(", "cardData": )";
  EXPECT_EQ(ParseDescription(begin + R"({"license": "mit"}})", "x").licence, "mit");
  EXPECT_EQ(ParseDescription(begin + R"({"license": "other", "license_name": "own"}})", "x").licence, "own");
  EXPECT_EQ(ParseDescription(begin + R"({"license": ["a"]}})", "x").licence, "");
  EXPECT_EQ(ParseDescription(begin + "null}", "x").licence, "");
  ExpectError([] { ParseDescription("[]", "x"); }, "x: expected a model's description");
}

TEST(NextPage, IsFoundAmongOthers) {
  EXPECT_EQ(NextPage(R"(<https://a/1>; rel="prev", <https://a/2?c=d,e>; rel="next")"), "https://a/2?c=d,e");
  EXPECT_EQ(NextPage("<b>; rel=next"), "b");
  for (const char* text : {"", "<", "<a", "<a>", R"(<a>; rel="prev")", "x; rel=\"next\""})
    EXPECT_EQ(NextPage(text), "");
}

TEST(ParseSums, ReadsWhatSha256sumWrites) {
  const auto files = ParseSums(kSha256 + "  a b\r\n\n" + std::string(64, 'C') + " *./d/e\n", "sums");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path, "a b");
  EXPECT_EQ(files[1].path, "d/e");
  EXPECT_EQ(files[1].sum.sha256, std::string(64, 'c'));
  ExpectError([] { ParseSums("\n" + kSha256 + " x", "sums"); }, "sums:2: expected a SHA-256");
  ExpectError([] { ParseSums(kSha256 + "  ", "sums"); }, "sums:1: expected a SHA-256");
  ExpectError([] { ParseSums(kSha256 + "  /x", "sums"); }, "sums:1: expected a path inside of the folder");
}

TEST(ParseContentRange, ReadsItsForms) {
  EXPECT_EQ(ParseContentRange("bytes 5-9/10")->from, 5U);
  EXPECT_EQ(ParseContentRange("bytes 5-9/10")->size, 10);
  EXPECT_FALSE(ParseContentRange("bytes 5-9/*")->size);
  for (const char* text : {"", "bytes", "bytes ", "bytes 5", "bytes 5-", "bytes -5-9/10", "bytes 5-9/", "bytes 5-9/x",
                           "bytes 5-9/-1", "items 5-9/10", "bytes */10", "bytes 99999999999999999999-1/2"})
    EXPECT_FALSE(ParseContentRange(text)) << text;
}

}  // namespace
}  // namespace agront::pull
