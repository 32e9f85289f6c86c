// SPDX-License-Identifier: Apache-2.0
#include "formats/arrays/stored_zip_writer.h"

#include <zlib.h>

#include "base/error.h"

namespace agront::formats {
namespace {

constexpr uint16_t kVersionPlain = 20;
constexpr uint16_t kVersionZip64 = 45;
constexpr uint16_t kMadeByUnix = 3 << 8 | kVersionZip64;
constexpr uint16_t kNamesAreUtf8 = 1 << 11;
constexpr uint16_t kStored = 0;
constexpr uint16_t kMidnight = 0;
constexpr uint16_t kFirstOfJanuary1980 = 1 << 5 | 1;
constexpr uint32_t kRegularFile0644 = 0100644u << 16;
constexpr uint16_t kZip64Extra = 1;
constexpr uint32_t kAllOnes = 0xFFFFFFFF;

/// Little-endian fields one after the other.
class Record {
 public:
  template <class Number>
  Record& Put(Number number) {
    for (size_t i = 0; i < sizeof(Number); ++i)
      text_ += static_cast<char>(static_cast<uint64_t>(number) >> (8 * i) & 0xFF);
    return *this;
  }
  Record& Put(const std::string& text) {
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Zip64Extra(const std::vector<uint64_t>& numbers) {
  if (numbers.empty()) return {};
  Record extra;
  extra.Put(kZip64Extra).Put(static_cast<uint16_t>(numbers.size() * sizeof(uint64_t)));
  for (uint64_t number : numbers) extra.Put(number);
  return extra.text();
}

}  // namespace

StoredZipWriter::StoredZipWriter(OutputFile& file, uint64_t zip64_from) : file_(file), zip64_from_(zip64_from) {}

void StoredZipWriter::Write(std::string_view text) {
  file_.Write(text);
  offset_ += text.size();
}

uint32_t StoredZipWriter::Field(uint64_t number) const {
  return number >= zip64_from_ ? kAllOnes : static_cast<uint32_t>(number);
}

void StoredZipWriter::Add(const std::string& name, std::string_view head, Spool* body) {
  if (name.size() > UINT16_MAX) Fail("zip: expected a name of at most {} bytes, got {}", UINT16_MAX, name.size());
  const auto head_crc = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(head.data()), head.size()));
  const uint64_t body_size = body == nullptr ? 0 : body->size();
  const auto crc = body == nullptr
                       ? head_crc
                       : static_cast<uint32_t>(crc32_combine(head_crc, body->crc(), static_cast<z_off_t>(body_size)));
  const Entry entry{name, crc, head.size() + body_size, offset_};
  const bool is_zip64 = entry.size >= zip64_from_;
  const std::string extra = Zip64Extra(is_zip64 ? std::vector{entry.size, entry.size} : std::vector<uint64_t>{});
  Record header;
  header.Put(uint32_t{0x04034b50}).Put(is_zip64 ? kVersionZip64 : kVersionPlain).Put(kNamesAreUtf8).Put(kStored);
  header.Put(kMidnight).Put(kFirstOfJanuary1980).Put(crc).Put(Field(entry.size)).Put(Field(entry.size));
  header.Put(static_cast<uint16_t>(name.size())).Put(static_cast<uint16_t>(extra.size())).Put(name).Put(extra);
  Write(header.text());
  Write(head);
  if (body != nullptr) DrainSpool(*body, [this](std::span<const std::byte> piece) { file_.Write(piece); });
  offset_ += body_size;
  entries_.push_back(entry);
}

void StoredZipWriter::Finish() {
  const uint64_t directory = offset_;
  for (const Entry& entry : entries_) {
    std::vector<uint64_t> large;
    if (entry.size >= zip64_from_) large = {entry.size, entry.size};
    if (entry.offset >= zip64_from_) large.push_back(entry.offset);
    const std::string extra = Zip64Extra(large);
    Record record;
    record.Put(uint32_t{0x02014b50}).Put(kMadeByUnix).Put(large.empty() ? kVersionPlain : kVersionZip64);
    record.Put(kNamesAreUtf8).Put(kStored).Put(kMidnight).Put(kFirstOfJanuary1980).Put(entry.crc);
    record.Put(Field(entry.size)).Put(Field(entry.size)).Put(static_cast<uint16_t>(entry.name.size()));
    record.Put(static_cast<uint16_t>(extra.size())).Put(uint16_t{0}).Put(uint16_t{0}).Put(uint16_t{0});
    record.Put(kRegularFile0644).Put(Field(entry.offset)).Put(entry.name).Put(extra);
    Write(record.text());
  }
  const uint64_t directory_size = offset_ - directory;
  const bool many = entries_.size() >= UINT16_MAX;
  if (many || directory >= zip64_from_ || directory_size >= zip64_from_) {
    const uint64_t end = offset_;
    Record record;
    record.Put(uint32_t{0x06064b50}).Put(uint64_t{44}).Put(kMadeByUnix).Put(kVersionZip64).Put(uint32_t{0});
    record.Put(uint32_t{0}).Put(uint64_t{entries_.size()}).Put(uint64_t{entries_.size()}).Put(directory_size);
    record.Put(directory).Put(uint32_t{0x07064b50}).Put(uint32_t{0}).Put(end).Put(uint32_t{1});
    Write(record.text());
  }
  const auto count = static_cast<uint16_t>(many ? UINT16_MAX : entries_.size());
  Record record;
  record.Put(uint32_t{0x06054b50}).Put(uint16_t{0}).Put(uint16_t{0}).Put(count).Put(count);
  record.Put(Field(directory_size)).Put(Field(directory)).Put(uint16_t{0});
  Write(record.text());
}

}  // namespace agront::formats
