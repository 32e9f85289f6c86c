// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <vector>

#include "base/test_folder.h"
#include "formats/sequences/region_file.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

class RegionReaderTest : public testing::Test {
 protected:
  RegionReaderTest() { Write("genome.fa", ">chr1 one\nACGTACGTAC\nGGGTTTRAAA\nCC\n>chr2\nTTTTT\n"); }

  std::string Path(const std::string& name) const { return folder_.path(name); }
  void Write(const std::string& name, const std::string& text) const { folder_.Write(name, text); }

  using Records = std::vector<std::pair<std::string, std::string>>;

  Records ReadAll(const std::string& regions, const std::string& genome = "genome.fa", size_t piece = 1000) {
    InputOptions input;
    input.genome = Path(genome);
    input.regions = Path(regions);
    return Read(input, piece);
  }

  static Records Read(const InputOptions& input, size_t piece = 1000) {
    const auto reader = OpenRegions(input);
    Records records;
    std::string name;
    while (reader->NextRecord(name)) {
      std::string bases;
      while (reader->ReadBases(bases.size() + piece, bases)) {
      }
      records.emplace_back(name, bases);
    }
    return records;
  }

  Records Named(const std::string& name, const std::string& text) {
    Write(name, text);
    return ReadAll(name);
  }

  /// The message without the folder's path.
  std::string Message(const std::string& regions) {
    try {
      ReadAll(regions);
    } catch (const Error& error) {
      std::string message = error.what();
      for (size_t at; (at = message.find(folder_.path() + "/")) != std::string::npos;)
        message.erase(at, folder_.path().size() + 1);
      return message;
    }
    return "no error";
  }

  const TestFolder folder_;
};

TEST_F(RegionReaderTest, ReadsBed) {
  Write("r.bed", "track x\n#c\nchr1\t0\t4\nchr1\t8\t13\tname\t0\t-\r\nchr2\t0\t5\t.\t0\t+");
  const Records want = {{"chr1:0-4", "ACGT"}, {"name", "CCCGT"}, {"chr2:0-5", "TTTTT"}};
  for (size_t piece : {1, 2, 1000}) EXPECT_EQ(ReadAll("r.bed", "genome.fa", piece), want) << piece;
}

TEST_F(RegionReaderTest, ReadsGff3) {
  Write("r.gff3",
        "##gff-version 3\nchr1\tx\tgene\t1\t4\t.\t+\t.\tID=g%3B1;Name=n\nchr1\tx\tmRNA\t1\t4\t.\t+\t.\tID=m\n"
        "chr1\tx\tgene\t9\t13\t.\t-\t.\tName=n\n##FASTA\n>chr1\nACGT\n");
  EXPECT_EQ(ReadAll("r.gff3"), (Records{{"g;1", "ACGT"}, {"n", "CCCGT"}}));
}

TEST_F(RegionReaderTest, ReadsSeveralTypesOfGff3OrAll) {
  Write("r.gff3",
        "chr1\tx\tgene\t1\t4\t.\t+\t.\tID=g\nchr1\tx\tmRNA\t2\t4\t.\t+\t.\tID=m\nchr1\tx\tCDS\t3\t4\t.\t+\t.\tID=c\n");
  const auto names = [&](const std::string& feature) {
    const auto file = OpenRegionFile(Path("r.gff3"), feature);
    std::string all;
    for (genome::Region region; file->Next(region);) all += region.name;
    return all;
  };
  EXPECT_EQ(names("mRNA"), "m");
  EXPECT_EQ(names("CDS,gene"), "gc");
  EXPECT_EQ(names(""), "gmc");
  EXPECT_THROW(names("gen,e"), Error);
}

TEST_F(RegionReaderTest, IndexesWhatFaidxCannot) {
  Write("r.bed", "chr1\t3\t12\n");
  const Records want = {{"chr1:3-12", "TACGTACGG"}};
  gzFile file = gzopen(Path("genome.fa.gz").c_str(), "wb");
  gzputs(file, ">chr1\nACGTACGTAC\nGG\n");
  gzclose(file);
  EXPECT_EQ(ReadAll("r.bed", "genome.fa.gz"), want);
  Write("uneven.fa", ">chr1\nACG\nTACGTAC\n\nGG\n");
  EXPECT_EQ(ReadAll("r.bed", "uneven.fa"), want);
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    EXPECT_NE(entry.path().extension(), ".fai") << "the genome's folder is not ours to write in";
}

TEST_F(RegionReaderTest, RefusesRegionsThatAreNotThere) {
  Write("r.bed", "chr1\t0\t4\nchr1\t20\t23\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:2: region chr1:20-23 lies outside its sequence of 22 bases");
  Write("r.bed", "Chr1\t0\t4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: genome.fa has no sequence Chr1; its first are chr1, chr2");
}

TEST_F(RegionReaderTest, ReadsRegionsThatAreTyped) {
  Write("genome.fa", ">chr1 one\nACGTACGTAC\nGGGTTTRAAA\nCC\n>chr1:1-4\nTTTTT\n>HLA:x\nGGCCA\n");
  const auto read = [&](const std::string& region) {
    InputOptions input;
    input.genome = Path("genome.fa");
    input.region_list = {region, "chr1:2-3"};
    const Records records = Read(input);
    EXPECT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].first, region);
    EXPECT_EQ(records[1], (std::pair<std::string, std::string>{"chr1:2-3", "CG"}));
    return records[0].second;
  };
  EXPECT_EQ(read("chr1"), "ACGTACGTACGGGTTTNAAACC");
  EXPECT_EQ(read("chr1:21"), "CC");
  EXPECT_EQ(read("chr1:9-13"), "ACGGG");
  EXPECT_EQ(read("chr1:9-13:+"), "ACGGG");
  EXPECT_EQ(read("chr1:9-13:-"), "CCCGT");
  EXPECT_EQ(read("chr1:0,009-13"), "ACGGG");
  EXPECT_EQ(read("chr1:1-4"), "TTTTT");  // the name of a sequence
  EXPECT_EQ(read("chr1:1-4:2-3"), "TT");
  EXPECT_EQ(read("HLA:x"), "GGCCA");
  EXPECT_EQ(read("HLA:x:3-5:-"), "TGG");
}

TEST_F(RegionReaderTest, RefusesTypedRegionsThatAreNone) {
  const auto message = [&](const std::string& region) -> std::string {
    InputOptions input;
    input.genome = Path("genome.fa");
    input.region_list = {region};
    try {
      Read(input);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const auto expect = [&](const std::string& region, const std::string& words) {
    EXPECT_NE(message(region).find(words), std::string::npos) << message(region);
  };
  expect("chr3", "has no sequence chr3; its first are chr1, chr2");
  expect("chr3:1-4", "has no sequence chr3; its first are chr1, chr2");
  for (const char* wrong : {"chr1:", "chr1:0-4", "chr1:a-4", "chr1:1-", "chr1:-4", "chr1:1-4:", "chr1:1-4:*", "chr1:-",
                            "chr1:,1-4", "chr1:1-4,", "chr1:1-99999999999999999999"})
    expect(wrong, "expected chr, chr:from or chr:from-to with :+ or :-");
  expect("chr1:5-4", "expected a start that is not behind the end, got 5 and 4");
  expect("chr1:20-23", "region chr1:19-23 lies outside its sequence of 22 bases");
  expect("chr1:23", "region chr1:22-23 lies outside its sequence of 22 bases");
}

TEST_F(RegionReaderTest, ReadsWindowsAroundRegions) {
  Write("r.bed", "chr1\t6\t8\tplus\t0\t+\nchr1\t6\t8\tminus\t0\t-\n");
  InputOptions input;
  input.genome = Path("genome.fa");  // ACGTACGTACGGGTTTRAAACC, TTTTT
  input.regions = Path("r.bed");
  input.window = "start-2+3";
  for (size_t piece : {1, 2, 1000})
    EXPECT_EQ(Read(input, piece), (Records{{"plus", "ACGTA"}, {"minus", "GTACG"}})) << piece;
  input.window = "start-20+3";
  EXPECT_THROW(Read(input), Error);
  input.pads_at_ends = true;
  for (size_t piece : {1, 2, 1000})
    EXPECT_EQ(Read(input, piece), (Records{{"plus", "NNNNNNNNNNNNNNACGTACGTA"}, {"minus", "NNNNNNGGTTTNAAACCCGTACG"}}))
        << piece;
}

TEST_F(RegionReaderTest, RefusesMalformedLines) {
  Write("r.bed", "chr1\t0\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: expected at least 3 columns separated by tabs (BED), got 2");
  Write("r.bed", "chr1\tx\t4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: start: expected a whole number, got \"x\"");
  Write("r.bed", "chr1\t4\t4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: expected a start before the end, got 4 and 4 (0-based half-open)");
  Write("r.bed", "chr1\t0\t4\tn\t0\tx\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: strand: expected + - or ., got \"x\"");
  Write("r.bed", "# nothing\n");
  EXPECT_EQ(Message("r.bed"), "r.bed: expected BED, got a file without any region");
  Write("r.gff3", "chr1\tx\tmRNA\t1\t4\t.\t+\t.\tID=m\n");
  EXPECT_EQ(Message("r.gff3"), "r.gff3: no lines of type gene; it has mRNA");
  Write("r.gff3", "chr1\tx\tgene\t1\t4\t.\t+\n");
  EXPECT_EQ(Message("r.gff3"), "r.gff3:1: expected 9 columns separated by tabs (GFF3), got 7");
  Write("r.gff3", "chr1\tx\tgene\t0\t4\t.\t+\t.\tID=m\n");
  EXPECT_EQ(Message("r.gff3"), "r.gff3:1: start: expected at least 1 (GFF3 counts from 1), got 0");
}

TEST_F(RegionReaderTest, TellsDisplayLinesFromSequences) {
  Write("genome.fa", ">trackA\nACGT\n>browser\nGGTT\n");
  EXPECT_EQ(Named("r.bed", "track name=x\nbrowser hide all\ntrackA\t0\t2\tone\nbrowser\t1\t3\ttwo\n"),
            (Records{{"one", "AC"}, {"two", "GT"}}));
}

TEST_F(RegionReaderTest, ReadsGffByAnyCaseOfItsName) {
  EXPECT_EQ(Named("R.GFF3", "chr2\t.\tgene\t1\t2\t.\t+\t.\tName=a%09b%2Cc\n"), (Records{{"a%09b,c", "TT"}}));
}

}  // namespace
}  // namespace agront::formats
