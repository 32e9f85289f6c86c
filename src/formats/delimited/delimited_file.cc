// SPDX-License-Identifier: Apache-2.0
#include "formats/delimited/delimited_file.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "formats/delimited/commented_header.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"
#include "formats/tables/cell_text.h"

namespace agront::formats {
namespace {

constexpr size_t kMostBytes = 64'000'000;  // of a record
constexpr size_t kMostColumns = 100'000;

/// Whether lines end with a CR alone: there is one, and no LF outside quotes.
bool EndsInReturn(std::string_view text) {
  bool in_quotes = false;
  bool has_return = false;
  for (const char c : text) {
    in_quotes = in_quotes != (c == '"');
    if (in_quotes) continue;
    if (c == '\n') return false;
    has_return = has_return || c == '\r';
  }
  return has_return;
}

}  // namespace

DelimitedFile::DelimitedFile(const std::string& path) : input_(path), buffer_(1 << 20) {
  is_ours_ = path != "-" && HasCellText(path);
  ReadHeader();
  if (is_ours_)
    for (std::string& column : columns_) column = CellText(column);
}

void DelimitedFile::ReadHeader() {
  FillBuffer();
  ends_in_return_ = EndsInReturn({buffer_.data(), end_});
  while (Peek() && (buffer_[at_] == '#' || buffer_[at_] == '\n' || buffer_[at_] == '\r')) {
    if (buffer_[at_] == '#')
      ReadComment();
    else
      EndLine();
  }
  FillBuffer();
  separator_ = FindSeparator();
  if (!ReadRecord(columns_)) columns_.clear();
  if (auto header = HeaderInComment(comment_, columns_.empty() ? '\t' : separator_, columns_)) {
    if (!columns_.empty()) first_ = std::move(columns_);
    columns_ = std::move(*header);
  }
  if (columns_.empty()) Fail("{}: expected a table with a header, got an empty file", name());
}

bool DelimitedFile::HasColumn(std::string_view name) const {
  return std::ranges::count(columns_, name) > 0 || std::ranges::count(columns_, TrimBlanks(name)) > 0;
}

size_t DelimitedFile::Column(std::string_view name) const {
  if (std::ranges::count(columns_, name) == 0) name = TrimBlanks(name);
  const auto count = std::ranges::count(columns_, name);
  if (count > 1) Fail("{}: expected one column {}, got {}", this->name(), Printable(name), count);
  if (count == 0) {
    constexpr size_t kShown = 12;
    const std::vector<std::string> shown(
        columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, columns_.size())));
    Fail("{}: expected a column {}, got {}{}", this->name(), Printable(name),
         Printable(fmt::format("{}", fmt::join(shown, ", "))), columns_.size() > kShown ? ", ..." : "");
  }
  return static_cast<size_t>(std::ranges::find(columns_, name) - columns_.begin());
}

bool DelimitedFile::Next(std::vector<std::string>& fields) {
  if (first_) {
    fields = std::move(*first_);
    first_.reset();
  } else if (!ReadRecord(fields)) {
    return false;
  }
  if (fields.size() != columns_.size())
    Fail("{}: expected {} columns as in the header, got {}", Place(), columns_.size(), fields.size());
  if (is_ours_)
    for (std::string& field : fields)
      if (field.find('\\') != std::string::npos) field = CellText(field);
  return true;
}

std::string DelimitedFile::Place() const { return fmt::format("{}:{}", name(), record_line_); }

/// Whether there is another byte; it is buffer_[at_] then.
bool DelimitedFile::Peek() {
  if (at_ < end_) return true;
  end_ = input_.Read(buffer_);
  at_ = 0;
  return end_ > 0;
}

/// So that the next line is in the buffer as far as it fits.
void DelimitedFile::FillBuffer() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
            buffer_.begin());
  end_ -= at_;
  at_ = 0;
  constexpr size_t kLeast = 4;  // that the input can give
  while (end_ + kLeast <= buffer_.size()) {
    const size_t count = input_.Read(std::span(buffer_).subspan(end_));
    if (count == 0) return;
    end_ += count;
  }
}

/// Looks at the next line as far as the buffer goes.
char DelimitedFile::FindSeparator() const {
  const std::string_view rest(buffer_.data() + at_, end_ - at_);
  return rest.substr(0, rest.find_first_of("\r\n")).find('\t') != std::string_view::npos ? '\t' : ',';
}

/// Keeps what can be a header.
void DelimitedFile::ReadComment() {
  comment_.clear();
  for (; Peek() && !IsLineEnd(buffer_[at_]); ++at_)
    if (comment_.size() < buffer_.size()) comment_ += buffer_[at_];
  if (comment_.ends_with('\r')) comment_.pop_back();
  constexpr std::string_view kProgram = "## program: ";
  if (comment_.starts_with(kProgram)) is_ours_ = WritesCellText(std::string_view(comment_).substr(kProgram.size()));
  if (Peek()) EndLine();
}

/// Moves past LF, CRLF or CR.
void DelimitedFile::EndLine() {
  const bool is_return = buffer_[at_] == '\r';
  ++at_;
  ++line_;
  if (is_return && Peek() && buffer_[at_] == '\n') ++at_;
}

void DelimitedFile::SkipBlanks() {
  while (Peek() && buffer_[at_] == ' ') ++at_;
}

bool DelimitedFile::ReadRecord(std::vector<std::string>& fields) {
  do {
    if (!Peek()) return false;
    record_line_ = line_;
    record_bytes_ = 0;
    size_t count = 0;
    for (End end = End::kSeparator; end == End::kSeparator; ++count) {
      if (count == kMostColumns) Fail("{}: expected at most {} columns", Place(), kMostColumns);
      if (count == fields.size()) fields.emplace_back();
      fields[count].clear();
      end = ReadField(fields[count]);
      record_bytes_ += fields[count].size();
    }
    fields.resize(count);
  } while (fields.size() == 1 && fields[0].empty());  // an empty line
  return true;
}

DelimitedFile::End DelimitedFile::ReadField(std::string& field) {
  SkipBlanks();
  if (Peek() && buffer_[at_] == '"') {
    ReadQuoted(field);
    return TakeEnd("a closing quote");
  }
  while (Peek()) {
    const char* begin = buffer_.data() + at_;
    const char* stop = std::find_if(begin, static_cast<const char*>(buffer_.data() + end_),
                                    [&](char c) { return c == separator_ || IsLineEnd(c) || c == '"' || c == '\0'; });
    field.append(begin, stop);
    CheckSize(field.size());
    at_ = static_cast<size_t>(stop - buffer_.data());
    if (at_ == end_) continue;
    if (*stop == '\0') Fail("{}:{}: expected text, got a NUL byte: is the file UTF-16?", name(), line_);
    if (*stop != '"') break;
    if (separator_ == ',')
      Fail("{}:{}: expected a field with quotes to be in quotes itself, got one after \"{}\"", name(), line_,
           Printable(field));
    field += '"';
    ++at_;
  }
  if (field.ends_with('\r') && (!Peek() || buffer_[at_] == '\n')) field.pop_back();
  field.resize(field.find_last_not_of(' ') + 1);
  return TakeEnd("a field");
}

/// From the opening quote to behind the closing one.
void DelimitedFile::ReadQuoted(std::string& field) {
  const int64_t first_line = line_;
  ++at_;
  for (;;) {
    if (!Peek()) Fail("{}:{}: expected the quote to be closed, got the end of the file", name(), first_line);
    const char c = buffer_[at_++];
    if (c == '"') {
      if (!Peek() || buffer_[at_] != '"') return;
      ++at_;
    }
    if (c == '\0') Fail("{}:{}: expected text, got a NUL byte", name(), line_);
    line_ += c == '\r' || (c == '\n' && !field.ends_with('\r')) ? 1 : 0;
    field += c;
    CheckSize(field.size());
  }
}

DelimitedFile::End DelimitedFile::TakeEnd(std::string_view after) {
  SkipBlanks();
  if (!Peek()) return End::kFile;
  if (buffer_[at_] == '\r' && !ends_in_return_) {
    ++at_;
    if (!Peek()) return End::kFile;
    if (buffer_[at_] != '\n') Fail("{}:{}: expected a line end after a carriage return", name(), line_);
  }
  const char c = buffer_[at_];
  if (IsLineEnd(c)) {
    EndLine();
    return End::kLine;
  }
  if (c != separator_)
    Fail("{}:{}: expected {} or a line end after {}, got \"{}\"", name(), line_,
         separator_ == ',' ? "a comma" : "a tab", after, Printable(std::string_view(&c, 1)));
  ++at_;
  return End::kSeparator;
}

void DelimitedFile::CheckSize(size_t bytes) const {
  if (record_bytes_ + bytes > kMostBytes) Fail("{}: expected records of at most {} bytes", Place(), kMostBytes);
}

}  // namespace agront::formats
