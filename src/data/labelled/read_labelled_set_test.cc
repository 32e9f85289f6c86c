// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/read_labelled_set.h"

#include <cmath>
#include <random>

#include "formats/testing/format_test_files.h"

namespace agront::data {
namespace {

using formats::ExpectError;

class ReadLabelledSetTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) const { return folder_.Write(name, text); }

  LabelledInput Input(const std::string& name, const std::string& text) const {
    LabelledInput input;
    input.path = Write(name, text);
    return input;
  }

  LabelledSet Read(const std::string& name, const std::string& text, TaskKind kind) const {
    return ReadLabelledSet(Input(name, text), kind);
  }

  void ExpectFailure(const std::string& name, const std::string& text, TaskKind kind, const std::string& part) const {
    ExpectError([&] { Read(name, text, kind); }, part);
  }

  formats::TestFolder folder_;
};

std::vector<std::string> Ids(const LabelledSet& set) {
  std::vector<std::string> ids;
  for (int64_t i = 0; i < set.size(); ++i) ids.emplace_back(set.id(i));
  return ids;
}

std::vector<float> Labels(const LabelledSet& set) {
  std::vector<float> labels;
  for (int64_t i = 0; i < set.size(); ++i) labels.insert(labels.end(), set.labels(i).begin(), set.labels(i).end());
  return labels;
}

using Strings = std::vector<std::string>;
using Floats = std::vector<float>;

TEST_F(ReadLabelledSetTest, ReadsTheBenchmarksFasta) {
  const LabelledSet set = Read("t.fa", ">a x|1\nACG\nTnR\n>b| 0 \nuu\n", TaskKind::kBinary);
  EXPECT_EQ(Ids(set), (Strings{"a x", "b"}));
  EXPECT_EQ(Labels(set), (Floats{1, 0}));
  EXPECT_EQ(set.task(), (PredictionTask{TaskKind::kBinary, {"label"}, {}}));
  EXPECT_EQ(set.Bases(0), "ACGTNN");
  EXPECT_EQ(set.Bases(1), "TT");
  EXPECT_EQ(set.length(0), 6);
  EXPECT_TRUE(set.place(1).ends_with("t.fa:4"));
  EXPECT_EQ(set.group(0), "");
  ASSERT_EQ(set.notes().size(), 2u);
  EXPECT_TRUE(set.notes()[0].ends_with("t.fa: 1 IUPAC letters are read as N"));
}

TEST_F(ReadLabelledSetTest, ReadsSeveralLabelsOfTheBenchmark) {
  const LabelledSet set = Read("t.fa", ">a|1.5|#N/A|-2e3\nACG\n>b||+0.25|nan\nAC\n", TaskKind::kRegression);
  EXPECT_EQ(set.task().outputs, (Strings{"label_1", "label_2", "label_3"}));
  const Floats labels = Labels(set);
  EXPECT_EQ(labels[0], 1.5f);
  EXPECT_EQ(labels[2], -2000.0f);
  EXPECT_EQ(labels[4], 0.25f);
  for (const size_t missing : {1, 3, 5}) EXPECT_TRUE(std::isnan(labels[missing]));
}

TEST_F(ReadLabelledSetTest, RefusesBadFasta) {
  ExpectFailure("t.fa", ">a|1\nA\n>b\nA\n", TaskKind::kBinary, "t.fa:3: expected a header >name|label, got \"b\"");
  ExpectFailure("t.fa", ">a|1\nA\n>b|0|1\nA\n", TaskKind::kBinary, "t.fa:3: expected 1 label, got 2");
  ExpectFailure("t.fa", ">a|1|0\nA\n", TaskKind::kBinary,
                "t.fa:1: expected one label in a task of two or more classes");
  ExpectFailure("t.fa", ">a|1|0\nA\n>b|1\nA\n", TaskKind::kMultilabel, "t.fa:3: expected 2 labels, got 1");
  ExpectFailure("t.fa", ">a|1\nA\n>b|\nA\n", TaskKind::kBinary, "t.fa:3: expected a label, got none");
  ExpectFailure("t.fa", ">a|1\nA\n>b|0\nA\n>c|2\nA\n", TaskKind::kBinary,
                "t.fa:5: expected 1 or 0 in a binary task, got \"2\" as a third");
  ExpectFailure("t.fa", ">a|1\nA\n>b|1\nA\n", TaskKind::kBinary,
                "expected examples of at least two classes, got only 1");
  ExpectFailure("t.fa", ">a|1\nA\n>a|0\nA\n", TaskKind::kBinary,
                "t.fa:3: expected each id once, got \"a\" again, first in");
  ExpectFailure("t.fa", ">a|1\nA<mask>\n", TaskKind::kBinary, "t.fa:1: expected bases, got a <mask>");
  ExpectFailure("t.fa", ">|1\nA\n", TaskKind::kBinary, "t.fa:1: expected an id, got none");
  ExpectFailure("t.fa", ">a|x\nA\n", TaskKind::kRegression, "t.fa:1: expected a number, got \"x\"");
  ExpectFailure("t.fa", ">a|1e39\nA\n", TaskKind::kRegression, "t.fa:1: expected a number, got \"1e39\"");
  ExpectFailure("t.fa", ">a|inf\nA\n", TaskKind::kRegression, "t.fa:1: expected a number, got \"inf\"");
  ExpectFailure("t.fa", ">a|+-1\nA\n", TaskKind::kRegression, "t.fa:1: expected a number, got \"+-1\"");
  ExpectFailure("t.fa", ">a|NA\nA\n", TaskKind::kRegression, "t.fa:1: expected a label, got none");
  ExpectFailure("t.fa", ">a|1|NA\nA\n>b|.|\nA\n", TaskKind::kRegression,
                "t.fa:3: expected at least one label, got none");
  ExpectFailure("t.fa", ">a|1|0.5\nA\n", TaskKind::kMultilabel, "t.fa:1: expected 0 or 1, got \"0.5\"");
}

TEST_F(ReadLabelledSetTest, ReadsTables) {
  LabelledInput input = Input("t.tsv",
                              "gene\tchr\tset\tsequence\troot\tleaf\tother\n"
                              "g1\tchr1\ttrain\tACGT\t1.5\t\tx\ng2\tchr2\tval\tAC\tNA\t2\ty\n");
  input.id_column = "gene";
  input.group_column = "chr";
  input.split_column = "set";
  input.label_columns = {"leaf", "root"};
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kRegression);
  EXPECT_EQ(Ids(set), (Strings{"g1", "g2"}));
  EXPECT_EQ(set.task().outputs, (Strings{"leaf", "root"}));
  EXPECT_EQ(set.labels(0)[1], 1.5f);
  EXPECT_EQ(set.labels(1)[0], 2.0f);
  EXPECT_TRUE(std::isnan(set.labels(0)[0]));
  EXPECT_EQ(set.group(1), "chr2");
  EXPECT_EQ(set.split(0), "train");
  EXPECT_EQ(set.split(1), "valid");
}

TEST_F(ReadLabelledSetTest, ReadsSeveralLabelsInOneColumn) {
  LabelledInput input = Input("t.csv", "sequence,label\nACGT,0;1;\nAC,1;0;0\n");
  input.label_separator = ";";
  input.output_names = {"root", "leaf", "stem"};
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kMultilabel);
  EXPECT_EQ(set.task().outputs, input.output_names);
  EXPECT_EQ(set.labels(0)[1], 1.0f);
  EXPECT_TRUE(std::isnan(set.labels(0)[2]));
  EXPECT_TRUE(set.id(1).ends_with("t.csv:3"));
  input.output_names.pop_back();
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kMultilabel); }, "t.csv:2: expected 2 labels as there are names");
}

TEST_F(ReadLabelledSetTest, SortsClassesAndKeepsTheirOrder) {
  const LabelledSet words = Read("t.csv", "sequence,labels\nA,promoter\nC,intron\nG,promoter\n", TaskKind::kMulticlass);
  EXPECT_EQ(words.task().outputs, (Strings{"intron", "promoter"}));
  EXPECT_EQ(Labels(words), (Floats{1, 0, 1}));
  const LabelledSet numbers = Read("t.csv", "sequence,label\nA,10\nC,2.0\nG,10\n", TaskKind::kMulticlass);
  EXPECT_EQ(numbers.task().outputs, (Strings{"2", "10"}));
  EXPECT_EQ(Labels(numbers), (Floats{1, 0, 1}));
  const LabelledSet binary = Read("t.csv", "sequence,label\nA,yes\nC,no\n", TaskKind::kBinary);
  EXPECT_EQ(binary.task(), (PredictionTask{TaskKind::kBinary, {"yes"}, {"no", "yes"}}));
  EXPECT_EQ(Labels(binary), (Floats{1, 0}));
  // The files for validation and test have the order of the training set.
  const LabelledSet test = ReadLabelledSet(Input("u.csv", "sequence,label\nA,no\n"), binary.task());
  EXPECT_EQ(Labels(test), (Floats{0}));
  ExpectError([&] { ReadLabelledSet(Input("u.csv", "sequence,label\nA,no\nC,maybe\n"), binary.task()); },
              "u.csv:3: expected one of the classes no, yes, got \"maybe\"");
  ExpectError([&] { ReadLabelledSet(Input("u.csv", "sequence,label\nA,3\n"), numbers.task()); },
              "u.csv:2: expected one of the classes 2, 10, got \"3\"");
}

TEST_F(ReadLabelledSetTest, AddsFilesThatFitTheTask) {
  LabelledInput train = Input("train.fa", ">a|0\nACGT\n>b|1\nCCC\n");
  train.part = ExamplePart::kTrain;
  LabelledSet set = ReadLabelledSet(train, TaskKind::kBinary);
  LabelledInput test = Input("test.fa", ">a|1\nGG\n");
  test.part = ExamplePart::kTest;
  AddToLabelledSet(test, set);
  EXPECT_EQ(Ids(set), (Strings{"a", "b", "a"}));
  EXPECT_EQ(set.split(1), "train");
  EXPECT_EQ(set.split(2), "test");
  EXPECT_EQ(set.Bases(2), "GG");
  ExpectError([&] { AddToLabelledSet(Input("u.fa", ">a|0|1\nGG\n"), set); }, "u.fa:1: expected 1 label, got 2");
  ExpectError([&] { AddToLabelledSet(Input("u.fa", ">a|x\nGG\n"), set); }, "u.fa:1: expected 0 or 1, got \"x\"");
}

TEST_F(ReadLabelledSetTest, RefusesBadTables) {
  const TaskKind binary = TaskKind::kBinary;
  ExpectFailure("t.csv", "sequence,class\nA,1\n", binary, "t.csv: expected a column label, got sequence, class");
  ExpectFailure("t.csv", "seq,label\nA,1\n", binary, "t.csv: expected a column sequence, got seq, label");
  ExpectFailure("t.csv", "sequence,label\nA,1\n\nC\n", binary, "t.csv:4: expected 2 columns as in the header, got 1");
  ExpectFailure("t.csv", "sequence,label\nA,1\nAC-T,0\n", binary, "t.csv:3: base 3 of the sequence: expected a base");
  ExpectFailure("t.csv", "sequence,label\n,1\n", binary, "t.csv:2: expected a sequence, got none");
  ExpectFailure("t.csv", "sequence,label\n", binary, "t.csv: expected labelled sequences, got none");
  ExpectFailure("t.csv", "sequence,label\nA,\xFF\n", TaskKind::kMulticlass, "t.csv:2: expected a class in UTF-8");
  ExpectFailure("t.csv", "sequence,label\nA,\"x\ny\"\nC,b\nG,c\n", binary,
                "t.csv:5: expected x\\ny or b in a binary task, got \"c\" as a third");
  LabelledInput named = Input("t.csv", "sequence,label,\xFF\nA,1,2\n");
  named.label_columns = {"label", "\xFF"};
  ExpectError([&] { ReadLabelledSet(named, TaskKind::kRegression); }, "expected outputs with names in UTF-8");
  named.label_columns = {"label", "label"};
  ExpectError([&] { ReadLabelledSet(named, TaskKind::kRegression); }, "of different names, got \"label\" twice");
  LabelledInput input = Input("t.csv", "sequence,label,part\nA,1,train\nC,0,rest\n");
  input.split_column = "part";
  ExpectError([&] { ReadLabelledSet(input, binary); }, "t.csv:3: expected train, valid or test, got \"rest\"");
  input.label_separator = ";;";
  EXPECT_THROW(ReadLabelledSet(input, binary), UsageError);
}

TEST_F(ReadLabelledSetTest, KeepsRepeatedIdsWhenTold) {
  LabelledInput input = Input("t.fa", ">a|1\nA\n>a|0\nC\n");
  input.keeps_repeated_ids = true;
  EXPECT_EQ(ReadLabelledSet(input, TaskKind::kBinary).size(), 2);
}

TEST_F(ReadLabelledSetTest, LeavesOutUnlabelledOnesWhenTold) {
  LabelledInput input = Input("t.fa", ">a|1|NA\nA\n>b|NA|.\nC\n>c|NA|2\nG\n");
  input.leaves_out_unlabelled = true;
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kRegression);
  EXPECT_EQ(Ids(set), (Strings{"a", "c"}));
  ASSERT_EQ(set.notes().size(), 1u);
  EXPECT_TRUE(set.notes()[0].ends_with("t.fa: 1 examples have no label and are left out"));
  input.path = Write("t.csv", "sequence,label\nA,x\nC,\nG,y\n");
  EXPECT_EQ(ReadLabelledSet(input, TaskKind::kMulticlass).size(), 2);
}

TEST_F(ReadLabelledSetTest, TakesGroupsFromIds) {
  LabelledInput input = Input("t.fa", ">AT1G01010.1|1\nA\n>AT1G01010.2|0\nC\n>x|0\nG\n");
  input.group_separator = ".";
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kBinary);
  EXPECT_EQ(set.group(0), "AT1G01010");
  EXPECT_EQ(set.group(1), "AT1G01010");
  EXPECT_EQ(set.group(2), "x");
}

TEST_F(ReadLabelledSetTest, ReadsFastaWithATable) {
  LabelledInput input = Input("t.fa", ">lcl|a some text\nACGT\n>b\nCC\n>c\nGG\n");
  input.labels = Write("labels.tsv", "id\troot\tfamily\tleaf\nb\t2\tf1\tNA\nlcl|a\t1\tf2\t0\n");
  input.group_column = "family";
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); }, "t.fa:5: \"c\" has no row in");
  input.leaves_out_unlabelled = true;
  const LabelledSet set = ReadLabelledSet(input, TaskKind::kRegression);
  EXPECT_EQ(Ids(set), (Strings{"lcl|a", "b"}));
  EXPECT_EQ(set.task().outputs, (Strings{"root", "leaf"}));
  EXPECT_EQ(set.labels(1)[0], 2.0f);
  EXPECT_EQ(set.group(1), "f1");
  EXPECT_TRUE(set.place(0).ends_with("labels.tsv:3"));
  ASSERT_EQ(set.notes().size(), 1u);
  EXPECT_NE(set.notes()[0].find("1 sequences have no row in"), std::string::npos);

  input.labels = Write("labels.tsv", "id\troot\nb\t2\nx\t1\nb\t1\n");
  input.group_column.clear();
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); },
              "labels.tsv:4: expected each id once, got \"b\" again, first in");
  input.labels = Write("labels.tsv", "id\troot\nx\t2\n");
  ExpectError([&] { ReadLabelledSet(input, TaskKind::kRegression); },
              "labels.tsv: no sequence has an id of this table, such as \"x\"");
}

TEST_F(ReadLabelledSetTest, ReadsWithoutLabelsForPredictions) {
  const PredictionTask task{TaskKind::kRegression, {"a", "b"}, {}};
  LabelledInput input = Input("t.fa", ">lcl|x 1\nACGT\n");
  input.without_labels = true;
  const LabelledSet set = ReadLabelledSet(input, task);
  EXPECT_EQ(set.id(0), "lcl|x");
  EXPECT_TRUE(std::isnan(set.labels(0)[1]));
  input.path = Write("t.csv", "sequence\nACGT\n");
  EXPECT_EQ(ReadLabelledSet(input, task).size(), 1);
  EXPECT_THROW(ReadLabelledSet(input, TaskKind::kBinary), UsageError);
}

TEST_F(ReadLabelledSetTest, KeepsSequencesInAFileAsTheyWere) {
  // More than the buffer of a megabyte, so that some are read from the file and some from memory.
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  LabelledSet set({TaskKind::kToken, {"x", "y"}, {}});
  std::vector<LabelledExample> examples(3000);
  for (size_t i = 0; i < examples.size(); ++i) {
    examples[i].id = std::to_string(i);
    examples[i].group = "g" + std::to_string(i % 3);
    examples[i].place = "dir:x/file.bed:" + std::to_string(i);
    for (size_t length = 1 + random() % 500; length > 0; --length) {
      examples[i].bases += "ACGTN"[random() % 5];
      examples[i].base_classes += "\x00\x01\xff"[random() % 3];
    }
    set.Add(examples[i]);
  }
  const LabelledSet moved = std::move(set);
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto example = static_cast<int64_t>(i);
    ASSERT_EQ(moved.Bases(example), examples[i].bases);
    ASSERT_EQ(moved.BaseClasses(example), examples[i].base_classes);
    ASSERT_EQ(moved.id(example), examples[i].id);
    ASSERT_EQ(moved.group(example), examples[i].group);
    ASSERT_EQ(moved.place(example), examples[i].place);
  }
}

/// Whatever a file says, it is read or refused in one line.
TEST_F(ReadLabelledSetTest, WithstandsDamage) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"t.csv", "id,sequence,label,group,split\na,ACGT,1;0,g,train\nb,ACGN,0;NA,h,test\nc,AC,1;1,,valid\n"},
      {"t.fa", ">a|1;0|2\nACGT\n>b|0|NA\nACG\nTT\n"}};
  const TaskKind kinds[] = {TaskKind::kBinary, TaskKind::kMulticlass, TaskKind::kMultilabel, TaskKind::kRegression};
  std::mt19937 random(11);  // NOLINT(bugprone-random-generator-seed): the same files in every run
  for (int round = 0; round < 300; ++round)
    for (const auto& [name, good] : files) {
      std::string text = good;
      for (size_t change = 1 + random() % 4; change > 0; --change) {
        const size_t at = random() % text.size();
        if (random() % 2 == 0)
          text[at] = static_cast<char>(random());
        else
          text.insert(at, text.substr(random() % text.size(), 1 + random() % 16));
      }
      LabelledInput input = Input(name, text);
      if (name == "t.csv") {
        input.id_column = "id";
        input.group_column = "group";
        input.split_column = "split";
        input.label_separator = ";";
      }
      try {
        const LabelledSet set = ReadLabelledSet(input, kinds[random() % 4]);
        for (int64_t i = 0; i < set.size(); ++i) ASSERT_EQ(set.Bases(i).find_first_not_of("ACGTN"), std::string::npos);
      } catch (const Error& error) {
        ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
      }
    }
}

}  // namespace
}  // namespace agront::data
