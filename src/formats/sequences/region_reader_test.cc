// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include "base/test_folder.h"
#include "formats/sequences/feature_types.h"
#include "formats/sequences/region_file.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

class RegionReaderTest : public testing::Test {
 protected:
  RegionReaderTest() { Write("genome.fa", ">chr1 one\nACGTACGTAC\nGGGTTTRAAA\nCC\n>chr2\nTTTTT\n"); }

  std::string Path(const std::string& name) const { return folder_.path(name); }
  void Write(const std::string& name, const std::string& text) const { folder_.Write(name, text); }

  InputOptions Input(const std::string& regions, const std::string& feature = "gene") const {
    InputOptions input;
    input.genome = Path("genome.fa");
    input.regions = Path(regions);
    input.feature = feature;
    return input;
  }

  using Records = std::vector<std::pair<std::string, std::string>>;

  Records ReadAll(const std::string& regions, const std::string& genome = "genome.fa", size_t piece = 1000) {
    InputOptions input = Input(regions, "gene");
    input.genome = Path(genome);
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

  std::string WithoutFolder(std::string message) const {
    for (size_t at; (at = message.find(folder_.path() + "/")) != std::string::npos;)
      message.erase(at, folder_.path().size() + 1);
    return message;
  }

  /// The message without the folder's path.
  std::string Message(const std::string& regions) {
    try {
      ReadAll(regions);
    } catch (const Error& error) {
      return WithoutFolder(error.what());
    }
    return "no error";
  }

  /// Those after all was read, likewise.
  std::vector<std::string> Notes(const std::string& regions) {
    const auto reader = OpenRegions(Input(regions));
    for (std::string name; reader->NextRecord(name);) {
    }
    std::vector<std::string> notes = reader->Notes();
    for (std::string& note : notes) note = WithoutFolder(note);
    return notes;
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
  Write("r.bed", "chr1\t5\t4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: expected a start before the end, got 5 and 4 (0-based half-open)");
  Write("r.bed", "chr1\t4\t4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed: expected BED, got a file without any region; its intervals have no bases");
  Write("r.bed", "chr1\t0\t\x1B[31m4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: end: expected a whole number, got \"\\x1b[31m4\"");
  Write("r.bed", "c\x1B[31m\t0\t4\n");
  EXPECT_EQ(Message("r.bed"), "r.bed:1: genome.fa has no sequence c\\x1b[31m; its first are chr1, chr2");
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
  Write("r.gff3", "chr1\tx\tgene\t9\t7\t.\t+\t.\tID=m\n");
  EXPECT_EQ(Message("r.gff3"), "r.gff3:1: expected a start before the end, got 8 and 7 (0-based half-open)");
}

TEST_F(RegionReaderTest, LeavesOutIntervalsWithoutBases) {
  Write("r.bed", "chr1\t0\t4\nchr1\t5\t5\tsite\nchr2\t0\t0\nchr2\t0\t5\n");
  EXPECT_EQ(ReadAll("r.bed"), (Records{{"chr1:0-4", "ACGT"}, {"chr2:0-5", "TTTTT"}}));
  EXPECT_EQ(Notes("r.bed"), (std::vector<std::string>{"r.bed: 2 intervals have no bases and are left out"}));
  Write("r.gff3", "chr1\t.\tgene\t5\t4\t.\t+\t.\tID=site\nchr1\t.\tgene\t5\t5\t.\t+\t.\tID=base\n");
  EXPECT_EQ(ReadAll("r.gff3"), (Records{{"base", "A"}}));
  EXPECT_EQ(Notes("r.gff3"), (std::vector<std::string>{"r.gff3: 1 interval has no bases and is left out"}));
}

TEST_F(RegionReaderTest, ReadsEveryLineEndMarkAndBlank) {
  const Records want = {{"one", "ACGT"}, {"two", "CCCGT"}};
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    Write("r.bed", mark + "chr1\t0\t4\tone" + end + end + "  " + end + "chr1 \t8 \t13 \ttwo \t0\t- " + end);
    EXPECT_EQ(ReadAll("r.bed"), want);
    Write("r.gff3", mark + "##gff-version 3" + end + "chr1\t.\tgene\t1\t4\t.\t+\t.\tID=one" + end +
                        "chr1\t.\tgene \t9 \t13\t.\t- \t.\tID=two \t" + end);
    EXPECT_EQ(ReadAll("r.gff3"), want);
  }
}

TEST_F(RegionReaderTest, EndsGff3WhereFastaBegins) {
  const std::string gene = "chr2\t.\tgene\t1\t2\t.\t+\t.\tID=g\n";
  for (const std::string begin : {"##FASTA", "##FASTA  ", "##fasta", "## FASTA", "##Fasta\t", ">chr1"}) {
    Write("r.gff3", gene + begin + "\n" + gene);
    EXPECT_EQ(ReadAll("r.gff3"), (Records{{"g", "TT"}})) << begin;
  }
  Write("r.gff3", gene + "##FASTAX\n###\n" + gene);
  EXPECT_EQ(ReadAll("r.gff3").size(), 2u);
}

TEST_F(RegionReaderTest, DecodesSequenceNamesOfGff3) {
  Write("genome.fa", ">c|1\nACGT\n>a%b\nGGTT\n");
  Write("r.gff3", "c%7C1\t.\tgene\t1\t2\t.\t+\t.\tID=g\na%25b\t.\tgene\t1\t2\t.\t+\t.\t.\n");
  EXPECT_EQ(ReadAll("r.gff3"), (Records{{"g", "AC"}, {"a%b:0-2", "GG"}}));
}

TEST_F(RegionReaderTest, ReadsAttributesAsTheyAreWritten) {
  const auto read = [&](const std::string& attributes) {
    Write("r.gff3", "chr2\t.\tgene\t1\t2\t.\t+\t.\t" + attributes + "\n");
    const auto file = OpenRegionFile(Path("r.gff3"), "gene");
    genome::Region region;
    EXPECT_TRUE(file->Next(region));
    return region.name + "|" + file->Value("label").value_or("none");
  };
  EXPECT_EQ(read("ID=g;Name=n;label=1"), "g|1");
  EXPECT_EQ(read("Name=n; ID=g; label=1;"), "g|1");
  EXPECT_EQ(read(" ID = g ;label =1 ; "), "g|1");
  EXPECT_EQ(read("label=1;ID=g;;"), "g|1");
  EXPECT_EQ(read("ID=;Name=n"), "n|none");
  EXPECT_EQ(read("ID= ;Name=;label="), "chr2:0-2|");
  EXPECT_EQ(read("ID=\"g\";Name=\"n\"; label=\"1\""), "g|1");
  EXPECT_EQ(read("Note=\"a; ID=x; label=0\"; ID=g;label=1"), "g|1");
  EXPECT_EQ(read("Note=5\" end; ID=g;label=\"1"), "g|\"1");
  EXPECT_EQ(read("Note=a=b;ID=g%3B1;label=%20x%09"), "g;1| x%09");
  EXPECT_EQ(read("."), "chr2:0-2|none");
}

TEST_F(RegionReaderTest, TakesBlanksInListsOfTypesAndRefusesTypesThatAreNotThere) {
  Write("r.gff3",
        "chr1\tx\tgene\t1\t4\t.\t+\t.\tID=g\nchr1\tx\tmRNA\t2\t4\t.\t+\t.\tID=m\nchr1\tx\tCDS\t3\t4\t.\t+\t.\tID=c\n");
  EXPECT_EQ(ParseFeatureTypes(" gene, mRNA ,gene"), (std::vector<std::string>{"gene", "mRNA"}));
  EXPECT_EQ(ParseFeatureTypes(" "), std::vector<std::string>{});
  const auto reader = OpenRegions(Input("r.gff3", "gene, mRNA"));
  std::string names;
  for (std::string name; reader->NextRecord(name);) names += name;
  EXPECT_EQ(names, "gm");
  EXPECT_TRUE(reader->Notes().empty());
  for (const std::string list : {"gene,,mRNA", "gene,", ",gene", "gene, ,mRNA"})
    EXPECT_THROW(OpenRegions(Input("r.gff3", list)), UsageError) << list;
  ExpectError([&] { OpenRegions(Input("r.gff3", "gene,mrna,CDS,exon")); },
              "r.gff3: no lines of type mrna, exon; it has mRNA");
}

TEST_F(RegionReaderTest, TakesATypeThatOneOfSeveralFilesHas) {
  const std::string gene = "chr1\tx\tgene\t1\t4\t.\t+\t.\tID=g\n";
  Write("a.gff3", gene);
  Write("b.gff3", gene + "chr1\tx\tmRNA\t1\t4\t.\t+\t.\tID=m\n");
  Write("c.bed", "chr1\t0\t4\n");
  CheckFeatureTypes({Path("a.gff3"), Path("b.gff3")}, "gene, mRNA");
  CheckFeatureTypes({Path("c.bed"), "", Path("b.gff3")}, "gene, mRNA");
  CheckFeatureTypes({Path("c.bed")}, "gene, mRNA");
  CheckFeatureTypes({Path("a.gff3")}, "mRNA");  // said when it is read
  ExpectError(
      [&] {
        CheckFeatureTypes({Path("a.gff3"), Path("c.bed")}, "gene, mRNA");
      },
      "a.gff3: no lines of type mRNA");
  ExpectError(
      [&] {
        CheckFeatureTypes({Path("a.gff3"), Path("b.gff3")}, "gene,CDS,mRNA");
      },
      "feature: no lines of type CDS in");
  const auto file = OpenRegionFile(Path("a.gff3"), "gene,mRNA");
  for (genome::Region region; file->Next(region);) {
  }
  EXPECT_EQ(file->Notes(), std::vector<std::string>{Path("a.gff3") + ": no lines of type mRNA"});
}

/// Whatever a file says: regions, or an error of one short line without control characters.
TEST_F(RegionReaderTest, WithstandsDamage) {
  std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): the same files in every run
  const std::vector<std::pair<std::string, std::string>> files = {
      {"r.bed", "track x\n#c\nchr1\t0\t4\tone\t0\t+\nchr2\t1\t5\ttwo\t5\t-\r\nchr1\t8\t13\n"},
      {"r.gff3",
       "##gff-version 3\nchr1\tx\tgene\t1\t4\t.\t+\t.\tID=g%3B1; Name=\"n\"\nchr1\tx\tmRNA\t1\t4\t.\t+\t.\tID=m\n"
       "chr1\tx\tgene\t9\t13\t.\t-\t.\tName=n;;\n##FASTA\n>chr1\nACGT\n"}};
  for (const auto& [name, good] : files)
    for (int round = 0; round < 800; ++round) {
      std::string text = good;
      for (size_t change = 1 + random() % 4; change > 0 && !text.empty(); --change) {
        const size_t at = random() % text.size();
        switch (random() % 5) {
          case 0: text[at] = static_cast<char>(random()); break;
          case 1: text[at] = "\t\n\r;=%\"> \0\x1B"[random() % 11]; break;
          case 2: text.erase(at, 1 + random() % 4); break;
          case 3: text.insert(at, text.substr(random() % text.size(), 1 + random() % 32)); break;
          default: text.insert(at, std::string(random() % 3000, text[at])); break;
        }
      }
      Write(name, text);
      const std::string message = Message(name);
      EXPECT_LT(message.size(), 1000u) << message;
      EXPECT_TRUE(std::ranges::none_of(message, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) << message;
      EXPECT_TRUE(DecodeUtf8(message)) << message;
    }
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
