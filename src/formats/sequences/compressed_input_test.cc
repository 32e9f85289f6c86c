// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/compressed_input.h"

#include <htslib/bgzf.h>
#include <htslib/hts_log.h>
#include <zlib.h>

#include <random>

#include "formats/sequences/bgzip_blocks.h"
#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

class CompressedInputTest : public testing::Test {
 protected:
  static std::string Letters(size_t count) {
    std::mt19937 random(11);  // NOLINT(bugprone-random-generator-seed): the same letters in every run
    std::string text;
    while (text.size() < count) text += "ACGT"[random() % 4];
    return text;
  }

  std::string Gzip(const std::string& text) const {
    const std::string path = folder_.path("gzip");
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return ReadWhole(path);
  }

  std::string Bgzip(const std::string& text) const {
    const std::string path = folder_.path("bgzip");
    BGZF* file = bgzf_open(path.c_str(), "w");
    EXPECT_EQ(bgzf_write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    bgzf_close(file);
    return ReadWhole(path);
  }

  /// The text that comes out, read `piece` bytes at a time.
  std::string Read(const std::string& content, size_t piece = 1000) {
    CompressedInput input(folder_.Write("x", content));
    std::string text;
    std::string buffer(piece, '\0');
    for (size_t count; (count = input.Read(buffer)) > 0;) text.append(buffer, 0, count);
    notes_ = input.Notes();
    return text;
  }

  void Refuses(const std::string& content, const std::string& part) {
    ExpectError([&] { Read(content); }, part);
  }

  const TestFolder folder_;
  const std::string text_ = Letters(200'000);  // four blocks of bgzip
  const std::string zeros_ = std::string(10'240, '\0');
  std::vector<std::string> notes_;
};

TEST_F(CompressedInputTest, ReadsPiecesOfAnySize) {
  for (const std::string& content : {text_, Gzip(text_), Bgzip(text_)})
    for (const size_t piece : {4, 1000, 65'280, 1 << 20}) EXPECT_EQ(Read(content, piece), text_);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(CompressedInputTest, ReadsMembersOneAfterAnother) {
  EXPECT_EQ(Read(Gzip("AC") + Gzip(text_) + Gzip("") + Gzip("GT")), "AC" + text_ + "GT");
  EXPECT_EQ(Read(Bgzip("AC") + Bgzip(text_) + Bgzip("GT")), "AC" + text_ + "GT");
  EXPECT_EQ(Read(Bgzip("AC") + Gzip(text_)), "AC" + text_);
  EXPECT_EQ(Read(Gzip("AC") + Bgzip(text_)), "AC" + text_);
}

TEST_F(CompressedInputTest, PassesOverZerosBehindTheEnd) {
  for (const std::string& content : {Gzip(text_), Bgzip(text_), Gzip(""), Bgzip("")})
    for (const size_t zeros : {1, 17, 18, 30, 512, 10'240}) {
      EXPECT_EQ(Read(content + std::string(zeros, '\0')), content.size() > 100 ? text_ : "");
      ASSERT_EQ(notes_.size(), 1u) << zeros;
      EXPECT_TRUE(notes_[0].ends_with("x: zeros follow the compressed data and are passed over"));
    }
}

TEST_F(CompressedInputTest, RefusesAnythingElseBehindTheEnd) {
  Refuses(Gzip(text_) + "x", "expected the end of the file after the compressed data, got other bytes");
  Refuses(Gzip(text_) + zeros_ + "x", "expected the end of the file after the compressed data, got other bytes");
  Refuses(Gzip(text_) + zeros_ + Gzip(text_), "got other bytes");
  Refuses(Bgzip(text_) + "x", "corrupt or truncated compressed data");
  Refuses(Bgzip(text_) + zeros_ + "x", "corrupt or truncated compressed data");
}

TEST_F(CompressedInputTest, RefusesWhatIsCutOff) {
  const std::string blocks = Bgzip(text_);
  Refuses(blocks.substr(0, blocks.size() - kBgzipEnd.size()), "truncated");
  Refuses(blocks.substr(0, blocks.size() - kBgzipEnd.size()) + zeros_, "truncated");
  Refuses(blocks.substr(0, blocks.size() / 2), "truncated");
  const std::string gzip = Gzip(text_);
  for (const size_t cut : {1, 4, 8, 20, 50'000}) Refuses(gzip.substr(0, gzip.size() - cut), "truncated");
}

TEST_F(CompressedInputTest, RefusesDamage) {
  for (std::string content : {Gzip(text_), Bgzip(text_)}) {
    content[content.size() / 2] ^= 1;
    Refuses(content, "corrupt");
  }
}

TEST_F(CompressedInputTest, PassesOverTheMarkOfUtf8AndRefusesUtf16) {
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::string& content : {mark + text_, Gzip(mark + text_), Bgzip(mark + text_)})
    EXPECT_EQ(Read(content), text_);
  EXPECT_EQ(Read(mark), "");
  EXPECT_EQ(Read("AC" + mark), "AC" + mark);
  Refuses(std::string("\xFF\xFE>\0a\0", 6), "expected text in UTF-8, got a byte-order mark of UTF-16");
  Refuses(std::string("\xFE\xFF\0>\0a", 6), "got a byte-order mark of UTF-16");
}

TEST_F(CompressedInputTest, TellsWhatStandsInThePlaceOfText) {
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
  for (const std::string& content : {pointer, Gzip(pointer)})
    Refuses(content, "expected text, got a pointer of Git LFS");
  Refuses("<!DOCTYPE html>\n<html></html>\n", "expected text, got an HTML page");
  Refuses("PK\x03\x04 and more", "expected text, got a zip archive");
  Refuses(Gzip(Gzip(text_)), "expected text, got a gzip file");
  for (const std::string content : {"BZh,GGUF\n1,2\n", "version,https\n", "{\"a\":1}"})
    EXPECT_EQ(Read(content), content);
}

TEST_F(CompressedInputTest, LeavesTheLogOfHtslibAsItWas) {
  const htsLogLevel before = hts_get_log_level();
  hts_set_log_level(HTS_LOG_DEBUG);
  const std::string path = folder_.Write("x.fa", ">a\nACGT\n");
  {
    const CompressedInput one(path);
    {
      const CompressedInput other(path);
      EXPECT_EQ(hts_get_log_level(), HTS_LOG_OFF);
    }
    EXPECT_EQ(hts_get_log_level(), HTS_LOG_OFF);
  }
  EXPECT_EQ(hts_get_log_level(), HTS_LOG_DEBUG);
  EXPECT_THROW(CompressedInput(folder_.path("no")), Error);
  EXPECT_EQ(hts_get_log_level(), HTS_LOG_DEBUG);
  hts_set_log_level(before);
}

}  // namespace
}  // namespace agront::formats
