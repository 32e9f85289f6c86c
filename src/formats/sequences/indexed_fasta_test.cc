// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/indexed_fasta.h"

#include <fmt/ranges.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <sstream>

#include "formats/sequences/genome_test_files.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

class IndexedFastaTest : public testing::Test {
 protected:
  void ExpectSameBases(const std::string& path, unsigned seed = 1) { formats::ExpectSameBases(path, seed, notes_); }

  /// The index says no more than a part of what it should: a note, and right bases all the same.
  void ExpectIndexRejected(const std::string& fai, const std::string& reason) {
    folder_.Write("g.fa.fai", fai);
    ExpectSameBases(path_);
    ASSERT_EQ(notes_.size(), 1u) << fai;
    EXPECT_NE(notes_[0].find("g.fa.fai is not used"), std::string::npos) << notes_[0];
    EXPECT_NE(notes_[0].find(reason), std::string::npos) << notes_[0];
  }

  void MakeOlder(const std::string& path) const {
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(24));
  }

  /// As by copying or touch: its date alone makes an index look right.
  void GiveIndexTheDateOfTheGenome() const { fs::last_write_time(path_ + ".fai", fs::last_write_time(path_)); }

  const TestFolder folder_;
  const std::string path_ = folder_.path("g.fa");
  std::vector<std::string> notes_;
};

TEST_F(IndexedFastaTest, FetchesWhatDirectReadingGives) {
  const NamedSequences sequences = RandomSequences(5, 3000, 1);
  const std::vector<FastaLayout> layouts = {
      {},
      {.line = 1},
      {.line = 7, .line_end = "\r\n"},
      {.line = 100'000},
      {.line = 60, .ends_with_line_end = false},
      {.line = 60, .line_end = "\r\n", .ends_with_line_end = false},
      {.line = 60, .block = 10},                      // blanks inside lines
      {.line = 60, .line_end = "\r\n", .block = 10},  //
      {.line = 60, .line_end = "\r"},                 // line ends of old
      {.line = 60, .line_end = " \n"},                // a blank at the end of each line
      {.line = 60, .line_end = "\t\n"},
      {.line = 60, .line_end = "\n\n"},
      {.line = 60, .header = ""},
      {.line = 9, .line_end = "\n", .block = 8}};  // one blank in each line: as wide as with CRLF
  for (size_t i = 0; i < layouts.size(); ++i)
    for (const Compression compression : {Compression::kNone, Compression::kGzip, Compression::kBgzip})
      for (const bool has_index : {false, true}) {
        const std::string path = folder_.path(fmt::format("{}_{}_{}.fa", i, static_cast<int>(compression), has_index));
        WriteCompressed(path, FastaText(sequences, layouts[i]), compression, 500);
        if (has_index) WriteIndex(path);  // where samtools can
        ExpectSameBases(path, static_cast<unsigned>(i));
      }
}

TEST_F(IndexedFastaTest, FetchesFromOddFiles) {
  const std::vector<std::string> texts = {
      ">a\nACGTACGTAC\nACGTACGTAC\nAC  \n>b\nACGT\n",    // blanks at the end of a last line
      ">a\nACGTACGTAC\nAC GT\n>b\nACGT\n",               // inside of one
      ">a\nACGTACGTAC\nACG\tTACGTAC\nAC\n>b\nACGT\n",    // a tab that makes a line longer
      ">a\n ACGTACGTAC\n ACGTACGTAC\n AC\n>b\n ACGT\n",  // blanks before lines
      ">a\nACGTACGTAC\nACG\nACGTACGTAC\n>b\nACGT\n",     // a short line in the middle
      ">a\nACGTACGTAC\n\nACGTACGTAC\n>b\nACGT\n",        // an empty one
      ">a\n\nACGTACGTAC\nACGTACGTAC\n\n\n>b\nACGT\n\n",  // before and behind
      ">a\nACGT\nACGTAC\n>b\nACGT\n",                    // a longer last line
      ">a\nACGTAC\nACGTAC\r\nAC\n>b\r\nACGT\n",          // mixed line ends
      "\xEF\xBB\xBF>a\nACGTAC\nACG\n>b\nACGT",           // a byte-order mark
      "\n\n>a\nACGTAC\nACG\n>b\nACGT",
      "  \n >a\nACGTAC\nACG\n>b\nACGT",
      ">a x>y\nACGTAC\nACG\n>b >c\nACGT\n",
      ">a\nA\n>b\nC\n>c\nG"};
  for (size_t i = 0; i < texts.size(); ++i)
    for (const Compression compression : {Compression::kNone, Compression::kGzip, Compression::kBgzip})
      for (const bool has_index : {false, true}) {
        const std::string path =
            folder_.path(fmt::format("odd{}_{}_{}.fa", i, static_cast<int>(compression), has_index));
        WriteCompressed(path, texts[i], compression, 7);
        if (has_index) WriteIndex(path);
        ExpectSameBases(path);
      }
}

TEST_F(IndexedFastaTest, CountsLettersHoweverTheFileIsRead) {
  for (const FastaLayout& layout : {FastaLayout{}, FastaLayout{.block = 10}}) {
    WriteCompressed(path_, FastaText({{"a", "ACGTRYuUacgt"}}, layout), Compression::kNone);
    LetterCounts counts;
    EXPECT_EQ(IndexedFasta(path_).Fetch("a", 3, 8, counts), "TNNTT");
    EXPECT_EQ(counts.ambiguous, 2);
    EXPECT_EQ(counts.uracil, 2);
  }
}

TEST_F(IndexedFastaTest, UsesARightIndexInAnyOrder) {
  WriteCompressed(path_, FastaText(RandomSequences(5, 3000, 2), {}), Compression::kNone);
  WriteIndex(path_);
  std::vector<std::string> lines;
  std::ifstream in(path_ + ".fai");
  for (std::string line; std::getline(in, line);) lines.insert(lines.begin(), line + "\n");
  folder_.Write("g.fa.fai", fmt::format("{}", fmt::join(lines, "")));
  ExpectSameBases(path_);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(IndexedFastaTest, DoesNotTrustAnOlderIndex) {
  // Nothing but the line of the blank shows that it is of another state of the file.
  WriteCompressed(path_, FastaText({{"a", std::string(600, 'C')}}, {}), Compression::kNone);
  WriteIndex(path_);
  std::string text = folder_.Read("g.fa");
  text[100] = ' ';
  folder_.Write("g.fa", text);
  MakeOlder(path_ + ".fai");
  ExpectSameBases(path_);
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("it is older"), std::string::npos) << notes_[0];
}

TEST_F(IndexedFastaTest, ReadsNoMoreThanItMustOfAnIndexedGenome) {
  // Five gigabases, a hole but for three lines: reading all of it would fail at the first byte of the hole.
  constexpr int64_t kLength = 5'000'000'040;
  folder_.Write("g.fa.fai", fmt::format("a\t{}\t3\t60\t61\nb\t4\t{}\t4\t5\n", kLength, 3 + kLength / 60 * 61 + 3));
  std::ofstream file(path_, std::ios::binary);
  file << ">a\n" << std::string(60, 'A') << "\n";
  file.seekp(3 + 80'000'000LL * 61 - 1);
  file << "\n" << std::string(30, 'C') << std::string(30, 'G') << "\n";
  file.seekp(3 + kLength / 60 * 61 - 62);
  file << "\n" << std::string(60, 'T') << "\n>b\nACGT\n";
  file.close();
  GiveIndexTheDateOfTheGenome();
  const IndexedFasta genome(path_);
  LetterCounts counts;
  EXPECT_TRUE(genome.Notes().empty());
  EXPECT_EQ(genome.Fetch("a", 55, 60, counts), "AAAAA");
  EXPECT_EQ(genome.Fetch("a", 4'800'000'028, 4'800'000'032, counts), "CCGG");
  EXPECT_EQ(genome.Fetch("a", kLength - 3, kLength, counts), "TTT");
  EXPECT_EQ(genome.Fetch("b", 1, 4, counts), "CGT");
}

TEST_F(IndexedFastaTest, TakesLinesOfMoreThanFourGigabases) {
  constexpr int64_t kLength = 4'400'000'000;
  folder_.Write("g.fa.fai",
                fmt::format("a\t{}\t3\t{}\t{}\nb\t4\t{}\t4\t5\n", kLength, kLength, kLength + 1, kLength + 7));
  std::ofstream file(path_, std::ios::binary);
  file << ">a\nACGT";
  file.seekp(3 + 4'300'000'000);
  file << "CCGG";
  file.seekp(3 + kLength - 4);
  file << "TTTT\n>b\nACGT\n";
  file.close();
  GiveIndexTheDateOfTheGenome();
  const IndexedFasta genome(path_);
  LetterCounts counts;
  EXPECT_TRUE(genome.Notes().empty());
  EXPECT_EQ(genome.Fetch("a", 0, 4, counts), "ACGT");
  EXPECT_EQ(genome.Fetch("a", 4'300'000'000, 4'300'000'004, counts), "CCGG");
  EXPECT_EQ(genome.Fetch("a", kLength - 3, kLength, counts), "TTT");
  EXPECT_EQ(genome.Fetch("b", 0, 4, counts), "ACGT");
}

TEST_F(IndexedFastaTest, RejectsAnIndexThatDoesNotFit) {
  WriteCompressed(path_, FastaText(RandomSequences(3, 400, 3), {.line = 50}), Compression::kNone);
  WriteIndex(path_);
  const std::string right = folder_.Read("g.fa.fai");
  std::vector<std::array<std::string, 5>> rows;
  std::istringstream in(right);
  for (std::array<std::string, 5> row; in >> row[0] >> row[1] >> row[2] >> row[3] >> row[4];) rows.push_back(row);
  ASSERT_EQ(rows.size(), 3u);
  ASSERT_GT(std::stoi(rows[1][1]), 100);
  const auto with = [&](size_t row, size_t column, const std::string& text) {
    auto changed = rows;
    changed[row][column] = text;
    std::string fai;
    for (const auto& fields : changed) fai += fmt::format("{}\n", fmt::join(fields, "\t"));
    return fai;
  };
  const auto plus = [&](size_t row, size_t column, int difference) {
    return with(row, column, std::to_string(std::stoll(rows[row][column]) + difference));
  };
  ExpectSameBases(path_);
  EXPECT_TRUE(notes_.empty());
  ExpectIndexRejected("", "it is empty");
  ExpectIndexRejected("s0\t1\n", "expected a name and 4 numbers");
  ExpectIndexRejected(std::string("\0\0\0\0", 4), "NUL");
  ExpectIndexRejected("\x1F\x8B garbage", "");
  ExpectIndexRejected(with(1, 1, "x"), "expected a number up to");
  ExpectIndexRejected(with(1, 1, "-5"), "expected a number up to");
  ExpectIndexRejected(with(1, 1, "99999999999999999999"), "expected a number up to");
  ExpectIndexRejected(with(1, 1, "1000000"), "expected a number up to");
  ExpectIndexRejected(with(1, 3, "0"), "lines of 0 bases");
  ExpectIndexRejected(with(1, 4, "0"), "in 0 bytes");
  ExpectIndexRejected(with(1, 4, "50"), "lines of 50 bases in 50 bytes");
  ExpectIndexRejected(with(1, 0, "other"), "sequence other does not begin at byte");
  ExpectIndexRejected(with(1, 0, "s0"), "it has sequence s0 twice");
  for (const size_t row : {0, 1, 2})
    for (const int difference : {-50, -1, 1, 50})
      for (const size_t column : {1, 2}) ExpectIndexRejected(plus(row, column, difference), "");
  for (const int difference : {-1, 1}) ExpectIndexRejected(plus(1, 3, difference), "");
  ExpectIndexRejected(plus(1, 4, 1), "");
  ExpectIndexRejected(right.substr(0, right.find('\n') + 1), "the file goes on behind its last sequence, s0");
  ExpectIndexRejected(right.substr(right.find('\n') + 1), "sequence s1 does not begin at byte");
  ExpectIndexRejected(right + "s3\t1\t5\t1\t2\n", "");
}

TEST_F(IndexedFastaTest, RejectsTheIndexOfAnotherFile) {
  const NamedSequences sequences = RandomSequences(3, 3000, 4);
  const std::vector<FastaLayout> layouts = {{},
                                            {.line = 61},
                                            {.line_end = "\r\n"},
                                            {.header = " a longer description than before"},
                                            {.line = 30, .line_end = "\r\n"}};
  for (const FastaLayout& of_index : layouts)
    for (const FastaLayout& layout : layouts) {
      WriteCompressed(path_, FastaText(sequences, of_index), Compression::kNone);
      WriteIndex(path_);
      WriteCompressed(path_, FastaText(sequences, layout), Compression::kNone);
      GiveIndexTheDateOfTheGenome();
      ExpectSameBases(path_);
      EXPECT_EQ(notes_.empty(), &of_index == &layout);
    }
  // Equal lengths, other names; other lengths that add up to the same.
  for (const char* text : {">b\nACGTACGT\n>a\nACGTACGT\n", ">a\nACGTAC\n>b\nACGTACGTAC\n"}) {
    WriteCompressed(path_, ">a\nACGTACGT\n>b\nACGTACGT\n", Compression::kNone);
    WriteIndex(path_);
    WriteCompressed(path_, text, Compression::kNone);
    GiveIndexTheDateOfTheGenome();
    ExpectSameBases(path_);
    EXPECT_EQ(notes_.size(), 1u);
  }
}

TEST_F(IndexedFastaTest, SeesLinesThatChangedInsideASequence) {
  // As long as before, its ends where they were: only what is read shows that the lines are others.
  const std::string line = "ACGTACGTAC\n";
  std::string text = ">a\n";
  for (int i = 0; i < 20; ++i) text += line;
  WriteCompressed(path_, text, Compression::kNone);
  WriteIndex(path_);
  text.replace(3 + 8 * 11, 22, "ACGTACGTA\nCACGTACGTAC\n");
  WriteCompressed(path_, text, Compression::kNone);
  GiveIndexTheDateOfTheGenome();
  ExpectSameBases(path_);
  EXPECT_EQ(notes_.size(), 1u);
  text.replace(3 + 8 * 11, 22, "ACGTACGTAC\nACG ACGTAC\n");
  WriteCompressed(path_, text, Compression::kNone);
  GiveIndexTheDateOfTheGenome();
  const IndexedFasta genome(path_);
  LetterCounts counts;
  EXPECT_EQ(genome.Fetch("a", 0, 4, counts), "ACGT");
  ExpectError([&] { genome.Fetch("a", 95, 98, counts); },
              "g.fa.fai is of another file: it has 200 bases of a, the genome 199");
}

TEST_F(IndexedFastaTest, TakesAnEmptySequence) {
  WriteCompressed(path_, ">a\n>b\nACGT\n>c\n", Compression::kNone);
  for (const std::string fai : {"", "a\t0\t3\t0\t0\nb\t4\t6\t4\t5\nc\t0\t14\t0\t0\n"}) {
    if (!fai.empty()) folder_.Write("g.fa.fai", fai);
    const IndexedFasta genome(path_);
    LetterCounts counts;
    EXPECT_EQ(genome.Length("a"), 0);
    EXPECT_EQ(genome.Length("c"), 0);
    EXPECT_EQ(genome.Fetch("b", 1, 3, counts), "CG");
    EXPECT_TRUE(genome.Notes().empty());
  }
}

TEST_F(IndexedFastaTest, RefusesNamesThatComeTwice) {
  for (const FastaLayout& layout : {FastaLayout{.line = 4}, FastaLayout{.line = 4, .block = 2}})
    for (const Compression compression : {Compression::kNone, Compression::kGzip, Compression::kBgzip})
      for (const bool has_index : {false, true}) {
        fs::remove(path_ + ".fai");
        fs::remove(path_ + ".gzi");
        WriteCompressed(path_, FastaText({{"a", "ACGT"}, {"b", "ACGTAC"}, {"a", "GGTT"}}, layout), compression);
        if (has_index) WriteIndex(path_);
        ExpectError([&] { IndexedFasta genome(path_); }, "g.fa:6: expected each sequence once, got a again, first");
      }
}

TEST_F(IndexedFastaTest, RefusesWhatCannotBeRead) {
  for (const Compression compression : {Compression::kNone, Compression::kGzip, Compression::kBgzip}) {
    WriteCompressed(path_, ">a\nAC-GT\n>b\nACGT\n", compression);
    ExpectError(
        [&] {
          LetterCounts counts;
          IndexedFasta(path_).Fetch("a", 0, 5, counts);
        },
        compression == Compression::kGzip ? "g.fa:2:3: expected a base" : "sequence a, base 3: expected a base");
  }
  WriteCompressed(path_, ">a\nAC <mask>\n", Compression::kNone);
  ExpectError([&] { IndexedFasta genome(path_); }, "g.fa:1: sequence a: expected bases, got a <mask>");
  WriteCompressed(path_, ">a\nAC\n>" + std::string(3'000'000, 'A') + "\nAC\n", Compression::kNone);
  ExpectError([&] { IndexedFasta genome(path_); }, "g.fa:3: expected a name of at most 1000000 bytes");
  ExpectError([&] { IndexedFasta genome(folder_.path()); }, "expected a FASTA file with random access");
}

TEST_F(IndexedFastaTest, BlamesTheIndexThatIsWrong) {
  WriteCompressed(path_, FastaText(RandomSequences(4, 3000, 8), {}), Compression::kBgzip, 500);
  WriteIndex(path_);
  const std::string gzi = folder_.Read("g.fa.gzi");
  const std::string fai = folder_.Read("g.fa.fai");
  folder_.Write("g.fa.fai", fai.substr(0, fai.find('\n')) + "\n");
  ExpectSameBases(path_);
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("g.fa.fai is not used"), std::string::npos) << notes_[0];
  folder_.Write("g.fa.fai", fai);
  for (const size_t at : {8 + 16 * 2, 8 + 16 * 2 + 8}) {  // the third block
    std::string wrong = gzi;
    ++wrong[at];
    folder_.Write("g.fa.gzi", wrong);
    ExpectSameBases(path_);
    ASSERT_EQ(notes_.size(), 1u);
    EXPECT_NE(notes_[0].find("g.fa.gzi is not used"), std::string::npos) << notes_[0];
  }
}

TEST_F(IndexedFastaTest, LeavesNothingBehind) {
  WriteCompressed(path_, ">a\nAC GT\n", Compression::kNone);
  ExpectSameBases(path_);
  EXPECT_EQ(folder_.Names(), std::vector<std::string>{"g.fa"});
}

}  // namespace
}  // namespace agront::formats
