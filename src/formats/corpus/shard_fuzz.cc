// SPDX-License-Identifier: Apache-2.0
// A shard of a corpus: as it is, and with checksums that fit what a stranger wrote.
#include "formats/corpus/shard.h"

#include <zlib.h>

#include <cstddef>
#include <cstring>

#include "formats/fuzz_files.h"

namespace agront::formats {
namespace {

uint32_t Crc(std::string_view bytes) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// Makes the checksums of footer, index and records fit, as far as there are such.
std::string Mended(std::string bytes) {
  if (bytes.size() < sizeof(uint64_t) + sizeof(Footer)) return bytes;
  std::memcpy(bytes.data(), &kShardMagic, sizeof(kShardMagic));
  const size_t footer_at = bytes.size() - sizeof(Footer);
  Footer footer;
  std::memcpy(&footer, bytes.data() + footer_at, sizeof(footer));
  footer.magic = kShardMagic;
  if (footer.index_offset <= footer_at) {
    const size_t entries = std::min<size_t>(footer.num_windows, (footer_at - footer.index_offset) / sizeof(IndexEntry));
    for (size_t i = 0; i < entries; ++i) {
      char* at = bytes.data() + footer.index_offset + i * sizeof(IndexEntry);
      IndexEntry entry;
      std::memcpy(&entry, at, sizeof(entry));
      const size_t record =
          PackedBytes(footer.window_bases) + (size_t{entry.unknown_runs} + entry.repeat_runs) * sizeof(Run);
      if (entry.offset > footer.index_offset || record > footer.index_offset - entry.offset) continue;
      entry.crc = Crc(std::string_view(bytes).substr(entry.offset, record));
      std::memcpy(at, &entry, sizeof(entry));
    }
    footer.index_crc = Crc(std::string_view(bytes).substr(footer.index_offset, footer_at - footer.index_offset));
  }
  footer.footer_crc = Crc({reinterpret_cast<const char*>(&footer), offsetof(Footer, footer_crc)});
  std::memcpy(bytes.data() + footer_at, &footer, sizeof(footer));
  return bytes;
}

void ReadAll(const std::string& path) {
  const ShardReader shard(path);
  for (int64_t i = 0; i < shard.num_windows(); ++i)
    Parse([&] {
      Window window;
      shard.Read(i, window);
      Expect(window.bases.size() == static_cast<size_t>(shard.window_bases()), "a window has its bases");
      shard.sequence_name(shard.Place(i).sequence);
    });
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string_view bytes = TextOf(data, size);
  Parse([&] { ReadAll(folder.Write("windows.shard", bytes)); });
  Parse([&] { ReadAll(folder.Write("windows.shard", Mended(std::string(bytes)))); });
  return 0;
}
