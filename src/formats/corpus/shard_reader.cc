// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "base/error.h"
#include "formats/corpus/shard.h"

namespace agront::formats {
namespace {

uint32_t Crc(std::span<const std::byte> bytes) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// The four bases of a byte.
constexpr std::array<std::array<char, 4>, 256> kUnpacked = [] {
  std::array<std::array<char, 4>, 256> unpacked{};
  for (size_t byte = 0; byte < unpacked.size(); ++byte)
    for (size_t i = 0; i < 4; ++i) unpacked[byte][i] = "ATCG"[byte >> (2 * i) & 3];
  return unpacked;
}();

}  // namespace

ShardReader::ShardReader(const std::string& path) : file_(path) {
  const auto bytes = file_.bytes();
  uint64_t magic = 0;
  if (bytes.size() < sizeof(magic) + sizeof(Footer))
    Fail("{}: expected a shard of a corpus, got {} bytes: truncated", path, bytes.size());
  std::memcpy(&magic, bytes.data(), sizeof(magic));
  if (magic != kShardMagic) Fail("{}: expected a shard of a corpus, got a file that does not begin as one", path);
  const auto footer_bytes = bytes.last(sizeof(Footer));
  std::memcpy(&footer_, footer_bytes.data(), sizeof(footer_));
  if (footer_.magic != kShardMagic) Fail("{}: truncated: expected the footer of a shard at its end", path);
  if (footer_.footer_crc != Crc(footer_bytes.first(offsetof(Footer, footer_crc))))
    Fail("{}: damaged: the checksum of its footer does not fit", path);

  const uint64_t behind_records = bytes.size() - sizeof(Footer);
  uint64_t index_bytes = 0;
  uint64_t end = 0;
  if (__builtin_mul_overflow(footer_.num_windows, uint64_t{sizeof(IndexEntry)}, &index_bytes) ||
      __builtin_add_overflow(footer_.index_offset, index_bytes, &end) ||
      __builtin_add_overflow(end, footer_.names_bytes, &end) || end != behind_records ||
      footer_.index_offset < sizeof(magic) || footer_.window_bases < 1 || footer_.window_bases > kMostWindowBases)
    Fail("{}: damaged: its footer has {} windows from byte {} on, which does not fit its {} bytes", path,
         footer_.num_windows, footer_.index_offset, bytes.size());
  summary_ = {bytes.size(), footer_.num_windows, footer_.index_crc};
  if (Crc(bytes.subspan(footer_.index_offset, index_bytes + footer_.names_bytes)) != footer_.index_crc)
    Fail("{}: damaged index: its checksum does not fit", path);

  const auto names = bytes.subspan(footer_.index_offset + index_bytes, footer_.names_bytes);
  std::string name;
  for (const std::byte byte : names) {
    if (byte == std::byte{'\n'}) {
      names_.push_back(std::move(name));
      name.clear();
    } else {
      name += static_cast<char>(byte);
    }
  }
  if (names_.size() != footer_.num_sequences || !name.empty())
    Fail("{}: damaged index: expected the names of {} sequences, got {}", path, footer_.num_sequences, names_.size());
  CheckIndex();
}

IndexEntry ShardReader::Entry(int64_t window) const {
  if (window < 0 || window >= num_windows())
    Fail("{}: expected a window below {}, got {}", file_.path(), num_windows(), window);
  IndexEntry entry;
  const auto at = footer_.index_offset + static_cast<uint64_t>(window) * sizeof(entry);
  std::memcpy(&entry, file_.bytes().data() + at, sizeof(entry));
  return entry;
}

void ShardReader::CheckIndex() const {
  uint64_t next = sizeof(kShardMagic);
  for (int64_t window = 0; window < num_windows(); ++window) {
    const IndexEntry entry = Entry(window);
    const uint64_t length =
        PackedBytes(footer_.window_bases) + sizeof(Run) * (uint64_t{entry.unknown_runs} + entry.repeat_runs);
    if (entry.offset != next || length > footer_.index_offset - next || entry.part > 1 ||
        entry.sequence >= names_.size())
      Fail("{}: damaged index: window {} does not fit the file", file_.path(), window);
    next += length;
  }
  if (next != footer_.index_offset)
    Fail("{}: damaged index: expected records up to byte {}, got {}", file_.path(), footer_.index_offset, next);
}

WindowPlace ShardReader::Place(int64_t window) const {
  const IndexEntry entry = Entry(window);
  return {entry.sequence, entry.start, static_cast<Part>(entry.part), entry.fold};
}

void ShardReader::Read(int64_t window, Window& out) const {
  const IndexEntry entry = Entry(window);
  const size_t num_bases = footer_.window_bases;
  const size_t packed = PackedBytes(num_bases);
  const size_t num_runs = size_t{entry.unknown_runs} + entry.repeat_runs;
  const auto record = file_.bytes().subspan(entry.offset, packed + sizeof(Run) * num_runs);
  if (Crc(record) != entry.crc)
    Fail("{}: window {} ({}:{}-{}): damaged: its checksum does not fit", file_.path(), window, names_[entry.sequence],
         entry.start, entry.start + num_bases);

  out.bases.resize(packed * 4);
  for (size_t i = 0; i < packed; ++i)
    std::memcpy(out.bases.data() + 4 * i, kUnpacked[static_cast<uint8_t>(record[i])].data(), 4);
  out.bases.resize(num_bases);
  out.repeats.assign(entry.repeat_runs > 0 ? num_bases : 0, 0);
  for (size_t i = 0; i < num_runs; ++i) {
    Run run;
    std::memcpy(&run, record.data() + packed + i * sizeof(run), sizeof(run));
    if (size_t{run.start} + run.length > num_bases)
      Fail("{}: window {}: damaged: a run of {} bases from {} on does not fit into {}", file_.path(), window,
           run.length, run.start, num_bases);
    if (i < entry.unknown_runs)
      std::memset(out.bases.data() + run.start, 'N', run.length);
    else
      std::memset(out.repeats.data() + run.start, 1, run.length);
  }
}

}  // namespace agront::formats
