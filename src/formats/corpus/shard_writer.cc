// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <cstddef>
#include <cstring>

#include "base/error.h"
#include "formats/corpus/base_code.h"
#include "formats/corpus/shard.h"

namespace agront::formats {
namespace {

constexpr size_t kWord = sizeof(uint64_t);
constexpr uint64_t kEachByte = 0x0101010101010101;

uint64_t LoadWord(const uint8_t* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, kWord);
  return word;
}

/// The lowest two bits of eight bytes side by side.
uint16_t Pack(uint64_t word) {
  word &= kEachByte * kDigitMask;
  word = (word | word >> 6) & 0x000F000F000F000F;
  word = (word | word >> 12) & 0x000000FF000000FF;
  return static_cast<uint16_t>(word | word >> 24);
}

void AppendPacked(std::span<const uint8_t> codes, std::vector<uint8_t>& record) {
  const size_t begin = record.size();
  record.resize(begin + PackedBytes(codes.size()));
  size_t i = 0;
  for (; i + kWord <= codes.size(); i += kWord) {
    const uint16_t packed = Pack(LoadWord(codes.data() + i));
    std::memcpy(record.data() + begin + i / 4, &packed, sizeof(packed));
  }
  for (; i < codes.size(); ++i) record[begin + i / 4] |= static_cast<uint8_t>((codes[i] & kDigitMask) << (2 * (i % 4)));
}

void AppendRun(size_t begin, size_t end, std::vector<uint8_t>& record) {
  const Run run = {static_cast<uint16_t>(begin), static_cast<uint16_t>(end - begin)};
  const auto* bytes = reinterpret_cast<const uint8_t*>(&run);
  record.insert(record.end(), bytes, bytes + sizeof(run));
}

/// Runs of codes that have the flag; gives their number.
uint16_t AppendRuns(std::span<const uint8_t> codes, uint8_t flag, std::vector<uint8_t>& record) {
  uint16_t runs = 0;
  bool inside = false;
  size_t begin = 0;
  for (size_t i = 0; i < codes.size();) {
    // Eight codes alike are passed over at once: most of a genome is long runs.
    if (i + kWord <= codes.size() &&
        (LoadWord(codes.data() + i) & kEachByte * flag) == (inside ? kEachByte * flag : 0)) {
      i += kWord;
      continue;
    }
    const bool flagged = (codes[i] & flag) != 0;
    if (flagged && !inside) begin = i;
    if (!flagged && inside) {
      AppendRun(begin, i, record);
      ++runs;
    }
    inside = flagged;
    ++i;
  }
  if (inside) {
    AppendRun(begin, codes.size(), record);
    ++runs;
  }
  return runs;
}

template <class T>
std::span<const std::byte> BytesOf(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

uint32_t Crc(uint32_t crc, std::span<const std::byte> bytes) {
  return static_cast<uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

ShardWriter::ShardWriter(const std::string& path, int64_t window_bases)
    : file_(path, false), window_bases_(static_cast<uint32_t>(window_bases)) {
  if (window_bases < 1 || window_bases > kMostWindowBases)
    Fail("{}: expected windows of 1 to {} bases, got {}", path, kMostWindowBases, window_bases);
  file_.Write(BytesOf(kShardMagic));
  written_ = sizeof(kShardMagic);
}

uint32_t ShardWriter::AddSequence(const std::string& name) {
  names_ += name + "\n";
  return num_sequences_++;
}

void ShardWriter::Add(const WindowPlace& place, std::span<const uint8_t> codes) {
  if (codes.size() != window_bases_) Fail("shard: expected a window of {} bases, got {}", window_bases_, codes.size());
  record_.clear();
  AppendPacked(codes, record_);
  IndexEntry entry{};
  entry.offset = written_;
  entry.start = place.start;
  entry.sequence = place.sequence;
  entry.unknown_runs = AppendRuns(codes, kUnknownBase, record_);
  entry.repeat_runs = AppendRuns(codes, kInRepeat, record_);
  entry.fold = place.fold;
  entry.part = static_cast<uint8_t>(place.part);
  const auto bytes = std::as_bytes(std::span(record_));
  entry.crc = Crc(0, bytes);
  file_.Write(bytes);
  written_ += bytes.size();
  index_.push_back(entry);
}

ShardSummary ShardWriter::Commit() {
  const auto index = std::as_bytes(std::span(index_));
  const auto names = std::as_bytes(std::span(names_));
  Footer footer{};
  footer.index_offset = written_;
  footer.num_windows = index_.size();
  footer.names_bytes = names.size();
  footer.num_sequences = num_sequences_;
  footer.window_bases = window_bases_;
  footer.index_crc = Crc(Crc(0, index), names);
  footer.footer_crc = Crc(0, BytesOf(footer).first(offsetof(Footer, footer_crc)));
  footer.magic = kShardMagic;
  file_.Write(index);
  file_.Write(names);
  file_.Write(BytesOf(footer));
  file_.Commit();
  return {written_ + index.size() + names.size() + sizeof(footer), footer.num_windows, footer.index_crc};
}

}  // namespace agront::formats
