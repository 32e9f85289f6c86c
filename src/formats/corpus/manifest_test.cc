// SPDX-License-Identifier: Apache-2.0
#include "formats/corpus/manifest.h"

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

class Manifest : public testing::Test {
 protected:
  Manifest() {
    folder_.Write("a.fa", ">a\nACGT\n");
    folder_.Write("b.fa", ">b\nACGT\n");
    folder_.Write("a.bed", "a\t0\t4\n");
  }

  std::vector<ManifestRow> Read(const std::string& text) { return ReadManifest(folder_.Write("m.tsv", text)); }

  void Refuses(const std::string& text, const std::string& part) {
    ExpectError([&] { Read(text); }, part);
  }

  TestFolder folder_;
};

TEST_F(Manifest, ReadsColumnsInAnyOrder) {
  const auto rows = Read("# genomes\nfasta\tspecies\tweight\tregions\n\na.fa\tA\t0.25\ta.bed\nb.fa\tB b\t2\t.\r\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].species, "A");
  EXPECT_EQ(rows[0].fasta, folder_.path("a.fa"));
  EXPECT_EQ(rows[0].regions, folder_.path("a.bed"));
  EXPECT_EQ(rows[0].weight, 0.25);
  EXPECT_EQ(rows[1].species, "B b");
  EXPECT_EQ(rows[1].regions, "");
  EXPECT_EQ(rows[1].place, folder_.path("m.tsv") + ":5");
  const auto more = Read("species\tfasta\tregions\tweight\trepeats\nA\t" + folder_.path("a.fa") + "\t.\t.\ta.bed\n");
  EXPECT_EQ(more[0].fasta, folder_.path("a.fa"));
  EXPECT_EQ(more[0].repeats, folder_.path("a.bed"));
  EXPECT_FALSE(more[0].weight);
}

TEST_F(Manifest, TakesEveryLineEndMarkAndBlank) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto rows = Read("\xEF\xBB\xBFspecies\tfasta \tregions\tweight" + end + "  " + end + " A\ta.fa \t. \t. " +
                           end + "B\tb.fa\t.\t." + end);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].species, "A");
    EXPECT_EQ(rows[0].fasta, folder_.path("a.fa"));
    EXPECT_EQ(rows[0].regions, "");
    EXPECT_EQ(rows[1].place, folder_.path("m.tsv") + ":4");
  }
}

TEST_F(Manifest, TakesAHeaderBehindAHash) {
  const auto rows = Read("# genomes of\tplants\n#species\tfasta\tregions\tweight\n#A\tno.fa\t.\t.\nB\tb.fa\t.\t.\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].species, "B");
}

TEST_F(Manifest, RefusesWhatItDoesNotUnderstand) {
  const std::string header = "species\tfasta\tregions\tweight\n";
  Refuses("", "got neither");
  Refuses(header, "got no rows");
  Refuses("species\tfasta\tregions\tweigth\n", "m.tsv:1: unknown column \"weigth\"");
  Refuses("species\tfasta\tregions\n", "expected a column weight");
  Refuses("species\tfasta\tspecies\tweight\tregions\n", "species is there twice");
  Refuses("species fasta regions weight\n", "separated by tabs");
  Refuses(header + "A\x1B[31m\ta.fa\t.\t.\n", "got \"A\\x1b[31m\"");
  Refuses(header + "A\ta.fa\t.\n", "m.tsv:2: expected 4 columns separated by tabs, got 3");
  Refuses(header + "A\tno.fa\t.\t.\n", "m.tsv:2: fasta: no such file: " + folder_.path("no.fa"));
  Refuses(header + "A\ta.fa\tno.gff3\t.\n", "regions: no such file");
  Refuses(header + "A\t.\t.\t.\n", "fasta: expected a file");
  Refuses(header + "A\t\t.\t.\n", "fasta: no such file");
  Refuses(header + ".\ta.fa\t.\t.\n", "species: expected a name");
  Refuses(header + "A\ta.fa\t.\t.\nA\tb.fa\t.\t.\n", "m.tsv:3: species A is there twice, first at");
  for (const std::string weight : {"0", "-1", "nan", "inf", "1x", "", "1,5"})
    Refuses(header + "A\ta.fa\t.\t" + weight + "\n", "m.tsv:2: weight: expected a number above 0");
  Refuses(header + "A\ta.fa\t.\t1\nB\tb.fa\t.\t.\n", "m.tsv:3: weight: expected one in every row or in none");
}

}  // namespace
}  // namespace agront::formats
