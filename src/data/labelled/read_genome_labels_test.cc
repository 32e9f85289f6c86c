// SPDX-License-Identifier: Apache-2.0
// Labels that stand in BED and GFF3 files beside a genome, and classes of tokens.
#include <cmath>

#include "data/labelled/read_labelled_set.h"
#include "formats/testing/format_test_files.h"

namespace agront::data {
namespace {

using formats::ExpectError;
using Strings = std::vector<std::string>;

class ReadGenomeLabelsTest : public testing::Test {
 protected:
  ReadGenomeLabelsTest() {
    input_.genome = folder_.Write("genome.fa", ">chr1 one\nACGTACGTAC\nGGGTTTRAAA\nCC\n>chr2\nNNNNT\n");
  }

  LabelledInput& Features(const std::string& name, const std::string& text) {
    input_.path = folder_.Write(name, text);
    return input_;
  }

  formats::TestFolder folder_;
  LabelledInput input_;
};

/// Each base's class as a digit, '-' where there is none.
std::string Shown(std::string classes) {
  for (char& c : classes) c = c == kNoClass ? '-' : static_cast<char>('0' + c);
  return classes;
}

TEST_F(ReadGenomeLabelsTest, ReadsBed) {
  LabelledInput& input = Features("f.bed", "chr1\t4\t8\tpromoter\t0.5\t+\nchr1\t8\t13\tintron\t1.5\t-\n");
  input.label_columns = {"name"};
  const LabelledSet classes = ReadLabelledSet(input, TaskKind::kMulticlass);
  EXPECT_EQ(classes.task().outputs, (Strings{"intron", "promoter"}));
  EXPECT_EQ(classes.id(1), "chr1:8-13(-)");
  EXPECT_EQ(classes.Bases(0), "ACGT");
  EXPECT_EQ(classes.Bases(1), "CCCGT");
  EXPECT_EQ(classes.group(0), "chr1");
  EXPECT_TRUE(classes.place(1).ends_with("f.bed:2"));
  input.label_columns = {"score", "2"};
  const LabelledSet numbers = ReadLabelledSet(input, TaskKind::kRegression);
  EXPECT_EQ(numbers.id(1), "intron");
  EXPECT_EQ(numbers.labels(1)[0], 1.5f);
  EXPECT_EQ(numbers.labels(1)[1], 8.0f);
  input.label_columns = {"7"};
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); }, "f.bed:1: expected \"7\" in every line");
  input.label_columns = {"height"};
  EXPECT_THROW(ReadLabelledSet(input, TaskKind::kRegression), UsageError);
  input.label_columns = {};
  EXPECT_THROW(ReadLabelledSet(input, TaskKind::kRegression), UsageError);
}

TEST_F(ReadGenomeLabelsTest, CutsWindowsAlongTheStrand) {
  LabelledInput& input = Features("f.bed", "chr1\t4\t8\ta\t1\t+\nchr1\t8\t13\tb\t0\t-\n");
  input.label_columns = {"score"};
  input.window = "start-3+2";
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kBinary);
  EXPECT_EQ(set.Bases(0), "CGTAC");  // 1-6
  EXPECT_EQ(set.Bases(1), "AAACC");  // 11-16, GGTTT
  input.window = "end-1+6";
  EXPECT_EQ(ReadLabelledSet(input, TaskKind::kBinary).Bases(0), "TACGGGT");  // 7-14
}

TEST_F(ReadGenomeLabelsTest, PadsAtEndsWhenTold) {
  LabelledInput& input = Features("f.bed", "chr1\t1\t8\ta\t1\t+\nchr1\t18\t21\tb\t0\t-\n");
  input.label_columns = {"score"};
  input.window = "start-3+2";
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kBinary); },
              "f.bed:1: window chr1:-2-3 lies outside its sequence of 22 bases; --pad-at-ends puts N there");
  input.pads_at_ends = true;
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kBinary);
  EXPECT_EQ(set.Bases(0), "NNACG");
  EXPECT_EQ(set.Bases(1), "NNGGT");  // 19-24, ACC then the end
  ASSERT_EQ(set.notes().size(), 1u);
  EXPECT_TRUE(set.notes()[0].starts_with("2 windows reach past the end"));
}

TEST_F(ReadGenomeLabelsTest, ReadsGff3) {
  LabelledInput& input =
      Features("f.gff3",
               "chr1\tx\tmRNA\t5\t8\t.\t+\t.\tID=t1;Parent=g1;tpm=3.5\n"
               "chr1\tx\texon\t5\t8\t.\t+\t.\tID=e\nchr1\tx\tmRNA\t9\t13\t.\t-\t.\tID=t2;Parent=g1;tpm=NA\n");
  input.feature = "mRNA";
  input.label_columns = {"tpm", "sequence"};
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); }, "f.gff3:1: expected a number, got \"chr1\"");
  input.label_columns = {"tpm"};
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); }, "f.gff3:3: expected a label, got none");
  input.label_columns = {"type"};
  input.group_column = "Parent";
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kMulticlass); },
              "f.gff3: expected examples of at least two classes, got only mRNA");
  input.label_columns = {"strand"};
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kBinary);
  EXPECT_EQ(set.id(0), "t1");
  EXPECT_EQ(set.group(1), "g1");
  EXPECT_EQ(set.Bases(1), "CCCGT");
}

TEST_F(ReadGenomeLabelsTest, JoinsATableById) {
  LabelledInput& input = Features("f.gff3",
                                  "chr1\tx\tgene\t5\t8\t.\t+\t.\tID=gene:g1;gene_id=g1\n"
                                  "chr1\tx\tgene\t9\t13\t.\t-\t.\tID=gene:g2;gene_id=g2\n");
  input.labels = folder_.Write("tpm.csv", "gene,family,leaf,root\ng2,f2,1,2\ng1,f1,3,\n");
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); }, "f.gff3:1: \"gene:g1\" has no row in");
  input.id_column = "gene_id";
  input.group_column = "family";
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kRegression);
  EXPECT_EQ(set.task().outputs, (Strings{"leaf", "root"}));
  EXPECT_EQ(set.labels(0)[0], 3.0f);
  EXPECT_EQ(set.group(0), "f1");
  input.group_column = "sequence";  // the features' own
  input.label_columns = {"leaf"};
  EXPECT_EQ(ReadLabelledSet(input, TaskKind::kRegression).group(0), "chr1");
}

TEST_F(ReadGenomeLabelsTest, GivesEveryBaseAClass) {
  LabelledInput& input = Features("r.bed", "chr1\t0\t10\nchr1\t2\t9\tx\t0\t-\n");
  input.labels = folder_.Write("c.bed", "chr1\t3\t6\texon\nchr1\t5\t7\tintron\nchr1\t4\t5\texon\nchr1\t9\t30\texon\n");
  input.window_bp = 4;
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kToken); }, "c.bed:4: ends at 30, outside its sequence of 22");
  input.labels = folder_.Write("c.bed", "chr1\t3\t6\texon\nchr1\t5\t7\tintron\nchr1\t4\t5\texon\nchr1\t9\t12\texon\n");
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kToken);
  EXPECT_EQ(set.task().outputs, (Strings{"exon", "intron", "none"}));
  ASSERT_EQ(set.size(), 5);
  EXPECT_EQ(set.id(1), "chr1:4-8");
  EXPECT_EQ(set.group(1), "chr1");
  // exon 3-5, both 5-6, intron 6-7, exon 9-12
  EXPECT_EQ(Shown(set.BaseClasses(0)), "2220");
  EXPECT_EQ(Shown(set.BaseClasses(1)), "0-12");
  EXPECT_EQ(Shown(set.BaseClasses(2)), "20");
  EXPECT_EQ(set.Bases(3), "GTAC");  // 2-6 backwards
  EXPECT_EQ(Shown(set.BaseClasses(3)), "-002");
  EXPECT_EQ(Shown(set.BaseClasses(4)), "221");
  ASSERT_EQ(set.notes().size(), 1u);
  EXPECT_TRUE(set.notes()[0].starts_with("1 bases are in intervals of different classes"));
}

TEST_F(ReadGenomeLabelsTest, RefusesWindowsOfTheOtherKindOfTask) {
  LabelledInput& input = Features("r.bed", "chr1\t0\t10\t1\n");
  input.label_columns = {"name"};
  input.window_bp = 1024;  // the default, but asked for
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kBinary); }, "--token-window-bp");
  input.window_bp.reset();
  input.background = "none";
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kBinary); }, "--background");
  input.background.reset();
  input.labels = folder_.Write("c.bed", "chr1\t3\t6\texon\n");
  input.window = "promoter";
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kToken); }, "--window");
  input.window.clear();
  input.pads_at_ends = true;
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kToken); }, "--pad-at-ends");
  input.pads_at_ends = false;
  EXPECT_EQ(ReadLabelledSet(input, TaskKind::kToken).size(), 1);
}

TEST_F(ReadGenomeLabelsTest, CutsWholeSequencesByAStride) {
  input_.labels = folder_.Write("c.bed", "chr1\t3\t6\tb\nchr2\t4\t5\ta\n");
  input_.window_bp = 12;
  input_.stride_bp = 5;
  input_.background = "";
  const LabelledSet set = ReadLabelledSet(input_, TaskKind::kToken);
  EXPECT_EQ(set.task().outputs, (Strings{"a", "b"}));
  ASSERT_EQ(set.size(), 4);  // 0-12, 5-17, 10-22 of chr1
  EXPECT_EQ(set.id(2), "chr1:10-22");
  EXPECT_EQ(Shown(set.BaseClasses(0)), "---111------");
  EXPECT_EQ(Shown(set.BaseClasses(3)), "----0");
  input_.window_bp = 4;
  input_.stride_bp = 0;
  const LabelledSet shorter = ReadLabelledSet(input_, TaskKind::kToken);
  EXPECT_EQ(shorter.size(), 7);  // NNNN is left out
  EXPECT_EQ(shorter.notes()[0], "1 windows are all N and are left out");
}

TEST_F(ReadGenomeLabelsTest, ReadsATokenALine) {
  LabelledInput input;
  input.path = folder_.Write("t.csv", "gene,sequence,labels\ng1,ACGTAC,10\ng1,G,10\ng1,TT,2\ng2,A,2\n");
  EXPECT_THROW(ReadLabelledSet(input, TaskKind::kToken), UsageError);
  input.id_column = "gene";
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kToken);
  EXPECT_EQ(set.task().outputs, (Strings{"2", "10"}));
  ASSERT_EQ(set.size(), 2);
  EXPECT_EQ(set.Bases(0), "ACGTACGTT");
  EXPECT_EQ(Shown(set.BaseClasses(0)), "111111100");
  EXPECT_EQ(Shown(set.BaseClasses(1)), "0");
  EXPECT_TRUE(set.place(1).ends_with("t.csv:5"));

  LabelledInput other = input;
  other.path = folder_.Write("u.csv", "gene,sequence,labels\ng1,ACGTAC,3\n");
  ExpectError([&] { ReadLabelledSet(other, set.task()); }, "u.csv:2: expected one of the classes 2, 10, got \"3\"");
  other.path = folder_.Write("u.csv", "gene,sequence,labels\ng1,A,2\ng2,A,10\ng1,A,2\n");
  ExpectError([&] { ReadLabelledSet(other, set.task()); }, "u.csv:4: expected each id once, got \"g1\" again");
  other.path = folder_.Write("u.csv", "gene,sequence,labels\ng1,A,2\ng2,A,\n");
  ExpectError([&] { ReadLabelledSet(other, set.task()); }, "u.csv:3: expected a class, got \"\"");
}

TEST_F(ReadGenomeLabelsTest, RefusesWhatDoesNotFitTheGenome) {
  LabelledInput& input = Features("f.bed", "chr1\t4\t8\ta\t1\t+\nchr3\t8\t13\tb\t0\t-\n");
  input.label_columns = {"score"};
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); },
              "f.bed:2: " + input.genome + " has no sequence chr3; its first are chr1, chr2");
  input.labels = folder_.Write("c.bed", "chr9\t3\t6\tb\n");
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kToken); }, "c.bed:1: " + input.genome + " has no sequence chr9");
  input.labels = folder_.Write("c.bed", "chr1\t3\t6\n");
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kToken); }, "c.bed:1: expected a class in the column of names");
  input.genome = "";
  EXPECT_THROW(ReadLabelledSet(input, TaskKind::kToken), UsageError);
  EXPECT_THROW(ReadLabelledSet(input, TaskKind::kBinary), UsageError);
}

}  // namespace
}  // namespace agront::data
