// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/fasta.h"

#include <gtest/gtest.h>
#include <htslib/bgzf.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "base/test_folder.h"

namespace agront::formats {
namespace {

class FastaTest : public testing::Test {
 protected:
  void Write(std::string_view bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  void WriteGzip(std::string_view bytes) {
    gzFile file = gzopen(path_.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }

  void WriteBgzip(std::string_view bytes) {
    BGZF* file = bgzf_open(path_.c_str(), "w");
    ASSERT_EQ(bgzf_write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    bgzf_close(file);
  }

  /// All records, read `piece` bases at a time.
  std::vector<std::pair<std::string, std::string>> ReadAll(size_t piece = 1000) {
    auto reader = OpenFasta(path_);
    std::vector<std::pair<std::string, std::string>> records;
    std::string name;
    while (reader->NextRecord(name)) {
      std::string bases;
      while (reader->ReadBases(bases.size() + piece, bases)) {
      }
      records.emplace_back(name, bases);
    }
    counts_ = reader->counts();
    return records;
  }

  std::string Message() {
    try {
      ReadAll();
    } catch (const Error& error) {
      std::string message = error.what();
      return message.substr(std::min(message.size(), path_.size()));
    }
    return "no error";
  }

  const TestFolder folder_;
  const std::string path_ = folder_.path("x.fa");
  LetterCounts counts_;
};

using Records = std::vector<std::pair<std::string, std::string>>;

TEST_F(FastaTest, KeepsTheCaseWhereAsked) {
  Write(">a\nACgtNnRr\nuU ac\n");
  const auto reader = OpenFasta(path_, LetterCase::kKept);
  std::string name;
  std::string bases;
  ASSERT_TRUE(reader->NextRecord(name));
  EXPECT_FALSE(reader->ReadBases(100, bases));
  EXPECT_EQ(bases, "ACgtNnNntTac");
  EXPECT_EQ(reader->counts().ambiguous, 2);
  EXPECT_EQ(reader->counts().uracil, 2);
}

TEST_F(FastaTest, ReadsTheLegalOddities) {
  Write("\n>a first\r\nACgt\r\n\r\nnN\r\n>a\nA CG\tT\n>c\nAC");
  const Records want = {{"a", "ACGTNN"}, {"a", "ACGT"}, {"c", "AC"}};
  for (size_t piece : {1, 2, 3, 1000}) EXPECT_EQ(ReadAll(piece), want) << piece;
}

TEST_F(FastaTest, ReadsEveryLineEnd) {
  const Records want = {{"a", "ACGTAC"}, {"b", "GGTT"}};
  for (const std::string end : {"\n", "\r\n", "\r"})
    for (const std::string last : {"", "\n", "\r"}) {
      Write(end + ">a first" + end + "ACGT" + end + end + "AC" + end + ">b" + end + "GG TT" + end + last);
      for (const size_t piece : {1, 2, 3, 1000}) EXPECT_EQ(ReadAll(piece), want) << piece;
      Write(">a" + end + "AC" + end + ">b" + end + "AXC" + end);
      EXPECT_EQ(Message(), ":4:2: expected a base (A C G T U N or an IUPAC code), got 'X' (record b)");
      Write(">a" + end + "AC" + end + "<ma" + end + "sk>" + end + ">" + end);
      EXPECT_EQ(Message(), ":5: expected a name after '>'");
    }
}

TEST_F(FastaTest, PassesOverAByteOrderMark) {
  Write("\xEF\xBB\xBF>a\nACGT\n");
  EXPECT_EQ(ReadAll(), (Records{{"a", "ACGT"}}));
}

TEST_F(FastaTest, GivesLettersAsTheyAreWritten) {
  Write(">a\nACgtNnRr\nuU ac<mask>\n");
  const auto reader = OpenFasta(path_, LetterCase::kAsWritten);
  std::string name;
  std::string bases;
  ASSERT_TRUE(reader->NextRecord(name));
  EXPECT_FALSE(reader->ReadBases(100, bases));
  EXPECT_EQ(bases, "ACgtNnRruUac??????");
  Write(">a\nAC-GT\n");
  EXPECT_THROW(
      {
        const auto damaged = OpenFasta(path_, LetterCase::kAsWritten);
        damaged->NextRecord(name);
        damaged->ReadBases(100, bases);
      },
      Error);
}

TEST_F(FastaTest, RefusesAHeaderWithoutEnd) {
  Write(">" + std::string(kMostNameBytes, 'A') + " and\nACGT\n");
  EXPECT_EQ(ReadAll(), (Records{{std::string(kMostNameBytes, 'A'), "ACGT"}}));
  Write(">a\nAC\n>" + std::string(3'000'000, 'A'));
  EXPECT_EQ(Message(), ":3: expected a name of at most 1000000 bytes after '>', got more: are line ends missing?");
  Write(">" + std::string(kMostNameBytes, 'A') + "\nX\n");
  EXPECT_LT(Message().size(), 400U);
}

TEST_F(FastaTest, ShowsNamesOnOneLine) {
  Write(">a\x1B[31m\nX\n");
  EXPECT_EQ(Message(), ":2:1: expected a base (A C G T U N or an IUPAC code), got 'X' (record a\\x1b[31m)");
  Write(">a\x07\n>b\nAC\n");
  EXPECT_EQ(Message(), ":1: expected sequence after the header of record a\\x07, got none");
}

TEST_F(FastaTest, CountsWhatItChanges) {
  Write(">a\nACGURYryu\n>b\nAC-GT");
  EXPECT_THROW(ReadAll(), Error);
  Write(">a\nACGURYryu\n");
  EXPECT_EQ(ReadAll(), (Records{{"a", "ACGTNNNNT"}}));
  EXPECT_EQ(counts_.ambiguous, 4);
  EXPECT_EQ(counts_.uracil, 2);
}

TEST_F(FastaTest, ReadsMasksAcrossLines) {
  Write(">a\nAC<ma\nsk>GT<mask><mask>\n");
  for (size_t piece : {1, 3, 1000}) EXPECT_EQ(ReadAll(piece), (Records{{"a", "AC??????GT????????????"}}));
}

TEST_F(FastaTest, ReadsCompressedFiles) {
  std::string text = ">big\n";
  for (int i = 0; i < 300000; ++i) text += "ACGTTGCAAC";  // several blocks of bgzip, one line
  WriteGzip(text);
  const Records records = ReadAll(100000);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].second.size(), 3000000u);
  WriteBgzip(text);
  EXPECT_EQ(ReadAll(100000), records);
}

TEST_F(FastaTest, RefusesTruncatedCompression) {
  std::mt19937 random(1);
  std::string text = ">big\n";
  for (int i = 0; i < 500000; ++i) text += "ACGT"[random() % 4];
  for (const bool bgzip : {false, true}) {
    bgzip ? WriteBgzip(text) : WriteGzip(text);
    const auto size = std::filesystem::file_size(path_);
    for (const auto cut : {size / 2, size - 5, size - 28, size - 40}) {
      bgzip ? WriteBgzip(text) : WriteGzip(text);
      std::filesystem::resize_file(path_, cut);
      EXPECT_NE(Message().find("truncated"), std::string::npos) << bgzip << " " << size - cut << Message();
    }
  }
}

TEST_F(FastaTest, RefusesWhatIsNotFasta) {
  Write("");
  EXPECT_EQ(Message(), ": expected FASTA, got an empty file");
  Write("\n\n");
  EXPECT_EQ(Message(), ": expected FASTA, got a file without any record");
  Write("ACGT\n");
  EXPECT_EQ(Message(), ":1:1: expected '>' at the start of a FASTA record, got 'A'");
  Write(std::string{'\x7f', 'E', 'L', 'F', '\0', '\0'});
  EXPECT_EQ(Message(), ":1:1: expected '>' at the start of a FASTA record, got byte 0x7f");
  Write(">a\nACGT\n>empty one\n>b\nAC\n");
  EXPECT_EQ(Message(), ":3: expected sequence after the header of record empty, got none");
  Write(">a\nACGT\n>last");
  EXPECT_EQ(Message(), ":3: expected sequence after the header of record last, got none");
  Write(">a\nACGT\n> b\nAC\n");
  EXPECT_EQ(Message(), ":3: expected a name after '>'");
  Write(">prot\nACGT\nMKVLAT\n");
  EXPECT_EQ(Message(), ":3:4: expected a base (A C G T U N or an IUPAC code), got 'L' (record prot)");
  Write(">a\nAC<mas>GT\n");
  EXPECT_EQ(Message(), ":2:7: expected <mask>, got '>' (record a)");
  Write(">a\nAC<mas");
  EXPECT_EQ(Message(), ":2:7: expected <mask>, got the end of the file (record a)");
  Write(">a\nACG>T\n");
  EXPECT_EQ(Message(), ":2:4: expected a base (A C G T U N or an IUPAC code), got '>' (record a)");
}

TEST_F(FastaTest, RefusesFilesThatAreNotThere) {
  EXPECT_THROW(OpenFasta("/no/such/file.fa"), Error);
  EXPECT_THROW(OpenFasta("/"), Error);
}

}  // namespace
}  // namespace agront::formats
