// SPDX-License-Identifier: Apache-2.0
#include "formats/events/event_file.h"

#include <array>
#include <bit>

#include "base/error.h"
#include "base/little_endian.h"

namespace agront::formats {
namespace {

constexpr std::array<uint32_t, 256> kCrcTable = [] {
  constexpr uint32_t kReversedPolynomial = 0x82F63B78;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? kReversedPolynomial : 0);
  }
  return table;
}();

/// TFRecord's checksum: of data that have checksums inside, a plain one would be weak.
uint32_t MaskedCrc(std::string_view bytes) {
  const uint32_t crc = Crc32c(bytes);
  return std::rotr(crc, 15) + 0xA282EAD8;
}

template <class T>
std::string LittleEndian(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

// Fields of protocol buffers: a key of number and wire type, then the value.
std::string Number(int field, int64_t value) { return Varint(field << 3) + Varint(static_cast<uint64_t>(value)); }
std::string Double(int field, double value) { return Varint(field << 3 | 1) + LittleEndian(value); }
std::string Float(int field, float value) { return Varint(field << 3 | 5) + LittleEndian(value); }
std::string Text(int field, std::string_view text) {
  return Varint(field << 3 | 2) + Varint(text.size()) + std::string(text);
}

// tensorflow/core/util/event.proto and framework/summary.proto.
constexpr int kEventWallTime = 1, kEventStep = 2, kEventFileVersion = 3, kEventSummary = 5;
constexpr int kSummaryValue = 1;
constexpr int kValueTag = 1, kValueSimple = 2;

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) crc = crc >> 8 ^ kCrcTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return ~crc;
}

EventFile::EventFile(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  Write(Double(kEventWallTime, 0) + Text(kEventFileVersion, "brain.Event:2"));
}

void EventFile::Add(std::string_view tag, int64_t step, float value, double seconds) {
  const std::string scalar = Text(kValueTag, tag) + Float(kValueSimple, value);
  Write(Double(kEventWallTime, seconds) + Number(kEventStep, step) + Text(kEventSummary, Text(kSummaryValue, scalar)));
}

void EventFile::Write(const std::string& event) {
  const std::string length = LittleEndian(static_cast<uint64_t>(event.size()));
  file_ << length << LittleEndian(MaskedCrc(length)) << event << LittleEndian(MaskedCrc(event)) << std::flush;
  if (!file_) Fail("{}: cannot write: {}", path_, SystemError());
}

}  // namespace agront::formats
