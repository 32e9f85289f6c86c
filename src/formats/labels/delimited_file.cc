// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/delimited_file.h"

#include <algorithm>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

constexpr size_t kMostBytes = 64'000'000;  // of a record
constexpr size_t kMostColumns = 100'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

DelimitedFile::DelimitedFile(const std::string& path) : input_(path), buffer_(1 << 20) {
  if (Peek() && std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
  while (Peek() && (buffer_[at_] == '#' || buffer_[at_] == '\n' || buffer_[at_] == '\r')) SkipLine();
  separator_ = FindSeparator();
  if (!ReadRecord(columns_)) Fail("{}: expected a table with a header, got an empty file", name());
}

bool DelimitedFile::HasColumn(std::string_view name) const { return std::ranges::count(columns_, name) > 0; }

size_t DelimitedFile::Column(std::string_view name) const {
  const auto count = std::ranges::count(columns_, name);
  if (count > 1) Fail("{}: expected one column {}, got {}", this->name(), name, count);
  if (count == 0) {
    constexpr size_t kShown = 12;
    const std::vector<std::string> shown(
        columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, columns_.size())));
    Fail("{}: expected a column {}, got {}{}", this->name(), name, Printable(fmt::format("{}", fmt::join(shown, ", "))),
         columns_.size() > kShown ? ", ..." : "");
  }
  return static_cast<size_t>(std::ranges::find(columns_, name) - columns_.begin());
}

bool DelimitedFile::Next(std::vector<std::string>& fields) {
  if (!ReadRecord(fields)) return false;
  if (fields.size() != columns_.size())
    Fail("{}: expected {} columns as in the header, got {}", Place(), columns_.size(), fields.size());
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

/// Looks at the header as far as the buffer goes.
char DelimitedFile::FindSeparator() {
  const std::string_view rest(buffer_.data() + at_, end_ - at_);
  return rest.substr(0, rest.find('\n')).find('\t') != std::string_view::npos ? '\t' : ',';
}

void DelimitedFile::SkipLine() {
  while (Peek() && buffer_[at_] != '\n') ++at_;
  if (Peek()) ++at_;
  ++line_;
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
  if (Peek() && buffer_[at_] == '"') {
    ReadQuoted(field);
    return TakeEnd("a closing quote");
  }
  while (Peek()) {
    const char* begin = buffer_.data() + at_;
    const char* stop = std::find_if(begin, static_cast<const char*>(buffer_.data() + end_),
                                    [&](char c) { return c == separator_ || c == '\n' || c == '"' || c == '\0'; });
    field.append(begin, stop);
    CheckSize(field.size());
    at_ = static_cast<size_t>(stop - buffer_.data());
    if (at_ == end_) continue;
    if (*stop == '\0') Fail("{}:{}: expected text, got a NUL byte: is the file UTF-16?", name(), line_);
    if (*stop != '"') {
      if (*stop == '\n' && field.ends_with('\r')) field.pop_back();
      return TakeEnd("a field");
    }
    if (separator_ == ',')
      Fail("{}:{}: expected a field with quotes to be in quotes itself, got one after {:?}", name(), line_,
           Printable(field));
    field += '"';
    ++at_;
  }
  if (field.ends_with('\r')) field.pop_back();
  return End::kFile;
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
    line_ += c == '\n';
    field += c;
    CheckSize(field.size());
  }
}

DelimitedFile::End DelimitedFile::TakeEnd(std::string_view after) {
  if (!Peek()) return End::kFile;
  if (buffer_[at_] == '\r') {
    ++at_;
    if (!Peek()) return End::kFile;
    if (buffer_[at_] != '\n') Fail("{}:{}: expected a line end after a carriage return", name(), line_);
  }
  const char c = buffer_[at_];
  if (c != separator_ && c != '\n')
    Fail("{}:{}: expected {} or a line end after {}, got {:?}", name(), line_, separator_ == ',' ? "a comma" : "a tab",
         after, std::string(1, c));
  ++at_;
  line_ += c == '\n';
  return c == '\n' ? End::kLine : End::kSeparator;
}

void DelimitedFile::CheckSize(size_t bytes) const {
  if (record_bytes_ + bytes > kMostBytes) Fail("{}: expected records of at most {} bytes", Place(), kMostBytes);
}

}  // namespace agront::formats
