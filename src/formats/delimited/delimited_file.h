// SPDX-License-Identifier: Apache-2.0
// Tables: CSV and TSV with a header, plain, gzip or bgzip.
//
// The header has a tab: TSV; else CSV. Quotes as in RFC 4180: a field in quotes may hold separators, line ends and,
// twice, quotes. Accepted: LF, CRLF and, in a file without LF, CR, a byte-order mark, lines that begin with '#'
// before the header, empty lines, no newline at the end, blanks around a field, which are no part of it unless they are
// in quotes; in TSV, quotes inside a field. Refused with Error naming file and line: another number of fields than the
// header has, a quote inside an unquoted field of CSV or text behind a closing one, a quote that never closes, a NUL, a
// record above 64 MB, a table without a header.
//
// A header may stand behind a '#' itself, as in the tables of 0.1 (lines "## key: text", then "#id\tpredicted"). The
// last line with one '#' is taken for it when it has as many columns as the line below, two or more, none of which is
// empty or a number or, in CSV, of several words, unless a column of the line below is called id, label, labels or
// sequence.
//
// Our own few lines: of Debian's libraries, libcsv knows neither lines nor a limit, and the others want the whole table
// in memory or its columns when the program is compiled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/sequences/compressed_input.h"

namespace agront::formats {

class DelimitedFile {
 public:
  explicit DelimitedFile(const std::string& path);

  const std::vector<std::string>& columns() const { return columns_; }
  bool HasColumn(std::string_view name) const;

  /// The index of a column, by its name or by that without blanks around it. Throws Error when there is none of this
  /// name, or two.
  size_t Column(std::string_view name) const;

  /// The fields of the next record, as many as columns. False at the end.
  bool Next(std::vector<std::string>& fields);

  /// "file.csv:17", where the record that Next gave last begins.
  std::string Place() const;
  const std::string& name() const { return input_.name(); }
  double Progress() const { return input_.Progress(end_ - at_); }
  std::vector<std::string> Notes() const { return input_.Notes(); }

 private:
  /// The character behind a field.
  enum class End { kSeparator, kLine, kFile };

  bool Peek();
  bool IsLineEnd(char c) const { return c == '\n' || (ends_in_return_ && c == '\r'); }
  char FindSeparator() const;
  void ReadHeader();
  void ReadComment();
  void FillBuffer();
  bool ReadRecord(std::vector<std::string>& fields);
  End ReadField(std::string& field);
  void ReadQuoted(std::string& field);
  End TakeEnd(std::string_view after);
  void SkipBlanks();
  void EndLine();
  void CheckSize(size_t bytes) const;

  CompressedInput input_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  int64_t line_ = 1;
  int64_t record_line_ = 1;
  size_t record_bytes_ = 0;
  bool ends_in_return_ = false;  // lines end with a CR; else one is a letter like others
  char separator_ = ',';
  std::string comment_;   // the last line with a '#' before the header
  bool is_ours_ = false;  // agront wrote it: texts have escapes
  std::vector<std::string> columns_;
  std::optional<std::vector<std::string>> first_;  // the first record where the header was a comment
};

}  // namespace agront::formats
