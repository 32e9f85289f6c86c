// SPDX-License-Identifier: Apache-2.0
#include "formats/tables/table_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "agront/error.h"
#include "base/test_folder.h"
#include "formats/tables/cell_text.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

class TableWriterTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path(name); }

  std::string Text(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name)).rdbuf();
    return text.str();
  }

  void WriteOne(const TableOptions& options) const {
    TableWriter table(Path("t.tsv"), {"name", "value"}, options);
    table.Text("a");
    table.Integer(1);
    table.EndRow();
    table.Commit();
  }

  size_t NumFiles() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }

  const TestFolder folder_;
  const TableOptions options_{.provenance = {{"program", "agront 9"}, {"command", "agront x"}}};
};

TEST_F(TableWriterTest, WritesCellsAsTheyReadBack) {
  TableWriter table(Path("t.tsv"), {"text", "count", "number", "value"}, options_);
  table.Text("a\tb\\c\nd\re");
  table.Integer(-7);
  table.Number(1.0 / 3, 4);
  table.Number(0.1f);
  table.EndRow();
  table.Text("\"quoted\" name");
  table.Missing();
  table.Number(std::numeric_limits<double>::quiet_NaN(), 4);
  table.Number(std::nanf(""));
  table.EndRow();
  table.Text("5\" end");
  table.Integer(1);
  table.Number(1.0, 4);
  table.Number(1.0f);
  table.EndRow();
  table.Commit();
  EXPECT_EQ(Text("t.tsv"),
            "text\tcount\tnumber\tvalue\n"
            "a\\tb\\\\c\\nd\\re\t-7\t0.3333\t0.1\n"
            "\"\"\"quoted\"\" name\"\tNA\tNA\tNA\n"
            "\"5\"\" end\"\t1\t1\t1\n");
}

TEST_F(TableWriterTest, TellsBesideOrAboveWhatItWasMadeFrom) {
  WriteOne(options_);
  EXPECT_EQ(Text("t.tsv"), "name\tvalue\na\t1\n");
  EXPECT_EQ(nlohmann::json::parse(Text("t.tsv.json")),
            (nlohmann::json{{"program", "agront 9"}, {"command", "agront x"}}));
  TableOptions header = options_;
  header.place = TableProvenance::kHeader;
  EXPECT_THROW(WriteOne(header), Error) << "the old TABLE.json would speak of another table";
  header.overwrite = true;
  WriteOne(header);
  EXPECT_EQ(Text("t.tsv"), "## command: agront x\n## program: agront 9\nname\tvalue\na\t1\n");
  EXPECT_FALSE(fs::exists(Path("t.tsv.json")));
}

TEST_F(TableWriterTest, BothFilesAppearOrNeither) {
  {
    TableWriter table(Path("t.tsv"), {"name"}, options_);
    table.Text("a");
    table.EndRow();
  }
  EXPECT_EQ(NumFiles(), 0u);
  folder_.Write("t.tsv.json", "mine");
  EXPECT_THROW(WriteOne(options_), Error);
  EXPECT_EQ(NumFiles(), 1u);
  TableOptions force = options_;
  force.overwrite = true;
  WriteOne(force);
  EXPECT_EQ(NumFiles(), 2u);
}

TEST_F(TableWriterTest, NeitherFileStaysWhenTheSecondCannotBeRenamed) {
  TableWriter table(Path("t.tsv"), {"name"}, options_);
  table.Text("a");
  table.EndRow();
  fs::create_directory(Path("t.tsv"));  // in the way of the table's name
  folder_.Write("t.tsv/file", "");
  EXPECT_THROW(table.Commit(), Error);
  EXPECT_FALSE(fs::exists(Path("t.tsv.json")));
}

TEST_F(TableWriterTest, RefusesRowsOfAnotherWidth) {
  TableWriter table(Path("t.tsv"), {"name", "value"}, options_);
  table.Text("a");
  EXPECT_THROW(table.EndRow(), std::logic_error);
}

TEST(CellText, UndoesItself) {
  using std::string_literals::operator""s;
  for (const std::string& text : {""s, "a"s, "\t"s, "a\\tb"s, "\\"s, "\\\\n"s, "\r\n"s, "C:\\new"s, "\0a\0"s}) {
    std::string line;
    AppendCellText(text, line);
    EXPECT_EQ(line.find_first_of("\t\n\r\0"s), std::string::npos);
    EXPECT_EQ(CellText(line), text);
  }
  EXPECT_EQ(CellText("a\\x\\"), "a\\x\\");
}

}  // namespace
}  // namespace agront::formats
