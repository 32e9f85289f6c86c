// SPDX-License-Identifier: Apache-2.0
// Tables that pandas.read_csv(file, sep="\t") and R's read.delim(file) open without further arguments.
//
// A header line, then a row a line, cells between tabs. A missing value is NA. In texts a tab, a line end, a NUL
// and a backslash are \t, \n, \r, \0 and \\; a text with a double quote in it stands in quotes, with those in it
// doubled. What a table was made from stands in TABLE.json beside it, an object of texts; or in lines "## key: text"
// above the header, which those two readers would take for the header.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agront/job.h"
#include "base/output_file.h"

namespace agront::formats {

struct TableOptions {
  bool overwrite = false;
  Reporter* reporter = nullptr;                   ///< notes the provenance of a table that is a stream
  std::map<std::string, std::string> provenance;  ///< what the table was made from
  TableProvenance place = TableProvenance::kBeside;
};

/// Writes a table row by row. The table and its TABLE.json appear at Commit(), both or neither; destroyed before,
/// nothing stays. A table on standard output, a pipe or a device is written directly, from its first row on, and its
/// provenance is a note to the reporter when it is whole. Thread safety: none.
class TableWriter {
 public:
  /// Throws Error when the table or its TABLE.json exists and may not be overwritten, or cannot be made.
  TableWriter(const std::string& path, std::vector<std::string> columns, TableOptions options);

  void Text(std::string_view text);
  void Integer(int64_t value);
  /// `digits` significant ones; NaN is a missing value.
  void Number(double value, int digits);
  /// The shortest text that reads back the same.
  void Number(float value);
  void Missing();

  /// Throws std::logic_error unless the row has a cell for each column, and Error when the disk is full.
  void EndRow();

  /// Counts a record of the input whose rows are all written.
  void EndRecord() { ++records_; }

  /// Gives what the table was made from again, as more may be known at the end; a header that has it keeps what it has.
  void SetProvenance(const std::map<std::string, std::string>& provenance) { options_.provenance = provenance; }

  /// Writes a table without rows, too. Call once, last.
  void Commit();

  /// Whether rows cannot be taken back, and how many records they stand for.
  bool is_stream() const { return file_.is_stream(); }
  int64_t records() const { return records_; }

 private:
  void Separate();
  void WriteHeader();

  std::string path_;
  std::vector<std::string> columns_;
  TableOptions options_;
  OutputFile file_;
  std::optional<OutputFile> beside_;
  std::string line_;
  size_t cells_ = 0;
  bool has_header_ = false;
  int64_t records_ = 0;
};

/// "key: text" of each entry, a line each, begun by `mark`.
std::string ProvenanceLines(const std::map<std::string, std::string>& provenance, std::string_view mark);

/// TABLE.json of a table.
std::string ProvenancePath(const std::string& table);

}  // namespace agront::formats
