// SPDX-License-Identifier: Apache-2.0
#include "formats/delimited/delimited_file.h"

#include <zlib.h>

#include <random>

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class DelimitedFileTest : public testing::Test {
 protected:
  /// The header, then the records.
  Rows Read(const std::string& text, const std::string& name = "t.csv") {
    DelimitedFile file(folder_.Write(name, text));
    Rows rows = {file.columns()};
    for (std::vector<std::string> fields; file.Next(fields);) rows.push_back(fields);
    return rows;
  }

  void ExpectFailure(const std::string& text, const std::string& part) {
    ExpectError([&] { Read(text); }, part);
  }

  TestFolder folder_;
};

TEST_F(DelimitedFileTest, ReadsCsv) {
  EXPECT_EQ(Read("a,b\n1,2\n3,\n"), (Rows{{"a", "b"}, {"1", "2"}, {"3", ""}}));
  EXPECT_EQ(Read("a,b\r\n1,2\r\n3,4"), (Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(Read("a,b\n,\n1,2\r"), (Rows{{"a", "b"}, {"", ""}, {"1", "2"}}));
  EXPECT_EQ(Read("a\n\n1\n\n\n2\n"), (Rows{{"a"}, {"1"}, {"2"}}));
}

TEST_F(DelimitedFileTest, ReadsLineEndsOfOld) {
  EXPECT_EQ(Read("a,b\r1,2\r\r3,4\r"), (Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
  EXPECT_EQ(Read("# c\ra\tb\r\"1\"\t\"x\ry\"\r3\t4"), (Rows{{"a", "b"}, {"1", "x\ry"}, {"3", "4"}}));
  DelimitedFile table(folder_.Write("t.csv", "a,b\r\"1\r\n1\",2\r3,4\r"));
  std::vector<std::string> fields;
  ASSERT_TRUE(table.Next(fields));
  EXPECT_TRUE(table.Place().ends_with("t.csv:2"));
  ASSERT_TRUE(table.Next(fields));
  EXPECT_TRUE(table.Place().ends_with("t.csv:4"));
}

TEST_F(DelimitedFileTest, KeepsAReturnInsideALine) {
  EXPECT_EQ(Read("a,b\n1\r,x\ry\n"), (Rows{{"a", "b"}, {"1\r", "x\ry"}}));
  EXPECT_EQ(Read("\"a\rb\",c\n1,x\ry \r\n"), (Rows{{"a\rb", "c"}, {"1", "x\ry"}}));
  EXPECT_EQ(Read("a\rb,c\r\n1,2\n"), (Rows{{"a\rb", "c"}, {"1", "2"}}));
}

TEST_F(DelimitedFileTest, TakesBlanksFromAroundFields) {
  EXPECT_EQ(Read("id, label ,x\n g1 , yes,\" a \" \n, ,\"b\"\n  ,\t,\n"),
            (Rows{{"id", "label", "x"}, {"g1", "yes", " a "}, {"", "", "b"}, {"", "\t", ""}}));
  EXPECT_EQ(Read("id\tlabel \n g 1\t yes \n  \n"), (Rows{{"id", "label"}, {"g 1", "yes"}}));
  const DelimitedFile table(folder_.Write("t.csv", "label,\" label\",x\n"));
  EXPECT_EQ(table.Column("  label"), 0u);
  EXPECT_EQ(table.Column(" label"), 1u);
  EXPECT_TRUE(table.HasColumn(" x"));
}

TEST_F(DelimitedFileTest, TakesAHeaderBehindAHash) {
  const Rows want = {{"id", "score"}, {"g0", "1"}, {"g1", "0"}};
  const std::string rows = "g0\t1\ng1\t0\n";
  EXPECT_EQ(Read("#id\tscore\n" + rows), want);
  EXPECT_EQ(Read("# id\tscore\r\n" + rows), want);
  EXPECT_EQ(Read("## command: agront predict\n## program: agront 0.1.0\n#id\tscore\n" + rows), want);
  EXPECT_EQ(Read("# made\ton Monday\n#id\tscore\n\n" + rows), want);
  EXPECT_EQ(Read("#id,score\ng0,1\ng1,0\n"), want);
  EXPECT_EQ(Read("# \"id\", score\ng0,1\ng1,0\n"), want);
  EXPECT_EQ(Read("#id\tscore\n"), (Rows{{"id", "score"}}));
  DelimitedFile table(folder_.Write("t.tsv", "## x\n#id\tscore\n" + rows));
  std::vector<std::string> fields;
  ASSERT_TRUE(table.Next(fields));
  EXPECT_TRUE(table.Place().ends_with("t.tsv:3"));
}

TEST_F(DelimitedFileTest, TellsCommentsFromHeaders) {
  const Rows want = {{"gene", "score"}, {"g0", "1"}};
  for (const std::string comment :
       {"# scores of leaves", "#", "## a\tb", "#\tb", "# g9\t0", "#a\tb\tc", "# a, b and c, d", "#-1,5"})
    EXPECT_EQ(Read(comment + "\ngene\tscore\ng0\t1\n"), want) << comment;
  EXPECT_EQ(Read("# made by me, on Monday\ngene,score\ng0,1\n"), want);
  EXPECT_EQ(Read("#gene,score of\nid,label\ng0,1\n")[0], (Rows::value_type{"id", "label"}));
  EXPECT_EQ(Read("#run,five\nid,label\ng0,1\n")[0], (Rows::value_type{"id", "label"}));
  EXPECT_EQ(Read("#x\nid\ng0\n")[0], Rows::value_type{"id"});
}

TEST_F(DelimitedFileTest, ReadsQuotes) {
  EXPECT_EQ(Read("\"a\",b\n\"x, \"\"y\"\"\",\"two\nlines\"\n\"\",z\n"),
            (Rows{{"a", "b"}, {"x, \"y\"", "two\nlines"}, {"", "z"}}));
}

TEST_F(DelimitedFileTest, ReadsTsvWithQuotesInsideFields) {
  EXPECT_EQ(Read("a\tb\n5\" end\tInr, Y\n\"q\tr\"\ts\n"), (Rows{{"a", "b"}, {"5\" end", "Inr, Y"}, {"q\tr", "s"}}));
}

TEST_F(DelimitedFileTest, PassesOverMarkAndComments) {
  EXPECT_EQ(Read("\xEF\xBB\xBF"
                 "a,b\n1,2\n"),
            (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(Read("# Expression \"Atlas\n\n# x\na\tb\n#1\t2\n"), (Rows{{"a", "b"}, {"#1", "2"}}));
}

TEST_F(DelimitedFileTest, ReadsGzip) {
  const std::string path = folder_.path("t.csv.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  gzputs(file, "a,b\n1,2\n");
  gzclose(file);
  DelimitedFile table(path);
  std::vector<std::string> fields;
  ASSERT_TRUE(table.Next(fields));
  EXPECT_EQ(fields, (std::vector<std::string>{"1", "2"}));
  EXPECT_FALSE(table.Next(fields));
}

TEST_F(DelimitedFileTest, NamesTheLineWhereARecordBegins) {
  DelimitedFile table(folder_.Write("t.csv", "a,b\n\"1\n1\",2\n\n3,4\n"));
  std::vector<std::string> fields;
  ASSERT_TRUE(table.Next(fields));
  EXPECT_TRUE(table.Place().ends_with("t.csv:2"));
  ASSERT_TRUE(table.Next(fields));
  EXPECT_TRUE(table.Place().ends_with("t.csv:5"));
}

TEST_F(DelimitedFileTest, FindsColumns) {
  const DelimitedFile table(folder_.Write("t.csv", "a,b,a\n"));
  EXPECT_EQ(table.Column("b"), 1u);
  EXPECT_TRUE(table.HasColumn("a"));
  ExpectError([&] { table.Column("a"); }, "t.csv: expected one column a, got 2");
  ExpectError([&] { table.Column("c"); }, "t.csv: expected a column c, got a, b, a");
}

TEST_F(DelimitedFileTest, RefusesWhatIsNoTable) {
  ExpectFailure("", "t.csv: expected a table with a header, got an empty file");
  ExpectFailure("# only\n", "got an empty file");
  ExpectFailure("a,b\n1,2\n\n3\n", "t.csv:4: expected 2 columns as in the header, got 1");
  ExpectFailure("a,b\n1,2,3\n", "t.csv:2: expected 2 columns as in the header, got 3");
  ExpectFailure("a,b\n1,2\"3\n", "t.csv:2: expected a field with quotes to be in quotes itself, got one after \"2\"");
  ExpectFailure("a,b\n\"1\"x,2\n", "t.csv:2: expected a comma or a line end after a closing quote, got \"x\"");
  ExpectFailure("a,b\n1,2\n\"1,2\n3,4\n", "t.csv:3: expected the quote to be closed");
  ExpectFailure("a,b\n\"1\"\rx,2\n", "t.csv:2: expected a line end after a carriage return");
  ExpectFailure("a,b\n\"1\"\x1B[31m,2\n", "got \"\\x1b\"");
  ExpectFailure(std::string("a\0,b\n", 5), "t.csv:1: expected text, got a NUL byte");
  ExpectFailure(std::string("a,\"\0\"\n", 6), "t.csv:1: expected text, got a NUL byte");
  ExpectFailure("a,b\n" + std::string(64'000'001, 'x') + ",2\n", "t.csv:2: expected records of at most 64000000 bytes");
  ExpectFailure("a,b\n\"" + std::string(64'000'001, '\n'), "t.csv:2: expected records of at most 64000000 bytes");
  ExpectFailure(std::string(100'000, ','), "t.csv:1: expected at most 100000 columns");
}

TEST_F(DelimitedFileTest, ReadsWhatLiesAcrossItsBuffer) {
  // The ends of fields and lines fall on every side of the megabyte that is read at a time.
  for (const size_t length : {(1 << 20) - 9, (1 << 20) - 8, (1 << 20) - 7, (1 << 20) - 6, (1 << 20) - 5, (1 << 20) - 4})
    for (const std::string line_end : {"\n", "\r\n"})
      for (const std::string quote : {"", "\""}) {
        const std::string field(length, 'A');
        const Rows rows = Read("a,b" + line_end + quote + field + quote + "," + quote + "z" + quote + line_end +
                               line_end + "1,2" + line_end);
        EXPECT_EQ(rows, (Rows{{"a", "b"}, {field, "z"}, {"1", "2"}})) << length;
      }
}

/// Any rows that a CSV writer writes are read back unchanged.
TEST_F(DelimitedFileTest, ReadsBackWhatIsWritten) {
  std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): the same rows in every run
  for (int round = 0; round < 200; ++round) {
    const size_t columns = 2 + random() % 4;
    Rows rows(1 + random() % 6);
    std::string text;
    for (auto& row : rows) {
      for (size_t i = 0; i < columns; ++i) {
        std::string field;
        for (size_t letters = random() % 6; letters > 0; --letters) field += "a,\"\n\r\t;"[random() % 7];
        if (&row == rows.data()) field = "c" + std::to_string(i);
        row.push_back(field);
        std::string quoted = "\"";
        for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
        const bool needs_quotes = field.find_first_of(",\"\n\r\t") != std::string::npos;
        text += (i > 0 ? "," : "") + (needs_quotes || random() % 2 == 0 ? quoted + "\"" : field);
      }
      text += random() % 2 == 0 ? "\n" : "\r\n";
    }
    EXPECT_EQ(Read(text), rows) << text;
  }
}

/// Whatever a file says, the reader gives records of the header's width or throws an error of one line.
TEST_F(DelimitedFileTest, WithstandsDamage) {
  const std::string good = "# c\nid,sequence,\"label\"\nx,ACGT,\"0;1\"\r\n\"y \"\"q\"\"\",ACG,NA\n\nz,AC,\n";
  std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): the same files in every run
  for (int round = 0; round < 1000; ++round) {
    std::string text = good;
    for (size_t change = 1 + random() % 5; change > 0 && !text.empty(); --change) {
      const size_t at = random() % text.size();
      switch (random() % 5) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text[at] = ",\"\n\r\t\0#;"[random() % 8]; break;
        case 2: text.erase(at, 1 + random() % 4); break;
        case 3: text.insert(at, text.substr(random() % text.size(), 1 + random() % 32)); break;
        default: text.resize(random() % 16 == 0 ? at : text.size()); break;
      }
    }
    try {
      const Rows rows = Read(text);
      for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace agront::formats
