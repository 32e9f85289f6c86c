// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/random_access_file.h"

#include <filesystem>

#include "formats/sequences/genome_test_files.h"
#include "formats/sequences/wrong_index.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

class RandomAccessFileTest : public testing::Test {
 protected:
  RandomAccessFileTest() {
    std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): the same text in every run
    while (text_.size() < 20'000) text_ += "ACGTN\n"[random() % 6];
  }

  void WriteBgzip() { WriteCompressed(path_, text_, Compression::kBgzip, 1000); }

  /// As samtools does, or bgzip -i.
  void WriteGzi() const {
    BGZF* file = bgzf_open(path_.c_str(), "r");
    bgzf_index_build_init(file);
    std::string buffer(1 << 16, '\0');
    while (bgzf_read(file, buffer.data(), buffer.size()) > 0) {
    }
    ASSERT_EQ(bgzf_index_dump(file, path_.c_str(), ".gzi"), 0);
    bgzf_close(file);
  }

  void ExpectText() {
    RandomAccessFile file(path_);
    ASSERT_EQ(file.size(), static_cast<int64_t>(text_.size()));
    std::mt19937 random(4);  // NOLINT(bugprone-random-generator-seed)
    for (int round = 0; round < 300; ++round) {
      const size_t start = random() % text_.size();
      const size_t length = 1 + random() % std::min<size_t>(text_.size() - start, 3000);
      ASSERT_EQ(file.Read(static_cast<int64_t>(start), static_cast<int64_t>(start + length)),
                text_.substr(start, length));
    }
    EXPECT_EQ(file.Read(0, file.size()), text_);
    uses_gzi_ = file.uses_gzi();
    note_ = file.note();
  }

  static std::string Number(uint64_t value) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> 8 * i);
    return bytes;
  }

  const TestFolder folder_;
  const std::string path_ = folder_.path("x.gz");
  std::string text_;
  bool uses_gzi_ = false;
  std::string note_;
};

TEST_F(RandomAccessFileTest, ReadsPlainAndBgzip) {
  WriteCompressed(path_, text_, Compression::kNone);
  ExpectText();
  WriteBgzip();
  ExpectText();
  EXPECT_FALSE(uses_gzi_);
  WriteGzi();
  ExpectText();
  EXPECT_TRUE(uses_gzi_);
  EXPECT_EQ(note_, "");
}

TEST_F(RandomAccessFileTest, ReadsFilesThatWereJoinedOrPadded) {
  WriteBgzip();
  const std::string one = folder_.Read("x.gz");
  const std::string plain = text_;
  folder_.Write("x.gz", one + one + one + std::string(1000, '\0'));
  text_ += plain + plain;
  ExpectText();
  folder_.Write("x.gz", one + one + one);
  WriteGzi();
  ExpectText();
  EXPECT_TRUE(uses_gzi_);
}

TEST_F(RandomAccessFileTest, RejectsAGziThatCannotBeRight) {
  WriteBgzip();
  WriteGzi();
  const std::string right = folder_.Read("x.gz.gzi");
  const auto rejects = [&](const std::string& gzi, const std::string& reason) {
    folder_.Write("x.gz.gzi", gzi);
    ExpectText();
    EXPECT_FALSE(uses_gzi_);
    EXPECT_NE(note_.find("x.gz.gzi is not used"), std::string::npos) << note_;
    EXPECT_NE(note_.find(reason), std::string::npos) << note_;
  };
  rejects("", "it cannot be read");
  rejects(right.substr(0, 20), "its length is not that of");
  rejects(Number(1'000'000) + right.substr(8), "its length is not that of 1000000 blocks");
  rejects(Number(3) + right.substr(8), "its length is not that of 3 blocks");
  rejects(right.substr(0, 8) + Number(~uint64_t{0}) + right.substr(16), "its block 1 begins at byte");
  rejects(right.substr(0, 16) + Number(1'000'000) + right.substr(24), "its block 1 begins at byte");
  // The last block is looked at: it is followed to the end of the file.
  const std::string last = right.substr(right.size() - 16, 8);
  rejects(right.substr(0, right.size() - 16) + Number(static_cast<unsigned char>(last[0]) + 1u) +
              right.substr(right.size() - 8),
          "");
}

TEST_F(RandomAccessFileTest, GoesOnWhereAGziEnds) {
  WriteBgzip();
  WriteGzi();
  folder_.Write("x.gz.gzi", Number(3) + folder_.Read("x.gz.gzi").substr(8, 48));
  ExpectText();
  EXPECT_TRUE(uses_gzi_);
  folder_.Write("x.gz.gzi", Number(0));
  ExpectText();
}

TEST_F(RandomAccessFileTest, SeesAWrongBlockWhenItIsUsed) {
  WriteBgzip();
  WriteGzi();
  const std::string right = folder_.Read("x.gz.gzi");
  for (const size_t at : {8 + 16 * 4, 8 + 16 * 4 + 8}) {  // of the fifth block: in the file, in the text
    std::string gzi = right;
    ++gzi[at];
    folder_.Write("x.gz.gzi", gzi);
    RandomAccessFile file(path_);
    ASSERT_TRUE(file.uses_gzi());
    EXPECT_EQ(file.Read(0, 3000), text_.substr(0, 3000));
    EXPECT_THROW(file.Read(4500, 4600), WrongGzi);
    EXPECT_THROW(file.Read(5500, 5600), WrongGzi);
    file.FindBlocks();
    EXPECT_EQ(file.Read(4500, 5600), text_.substr(4500, 1100));
  }
}

TEST_F(RandomAccessFileTest, RefusesWhatIsNotWhole) {
  WriteBgzip();
  const std::string whole = folder_.Read("x.gz");
  const auto refuses = [&](const std::string& content, const std::string& part) {
    folder_.Write("x.gz", content);
    ExpectError([&] { RandomAccessFile file(path_); }, part);
  };
  refuses(whole.substr(0, whole.size() - kBgzipEnd.size()), "truncated: expected the end-of-file block");
  refuses(whole.substr(0, whole.size() / 2), "truncated");
  refuses(whole + "x", "corrupt or truncated");
  WriteCompressed(path_, text_, Compression::kGzip);
  ExpectError([&] { RandomAccessFile file(path_); }, "expected a plain or bgzip file, got gzip");
}

}  // namespace
}  // namespace agront::formats
