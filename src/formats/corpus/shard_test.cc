// SPDX-License-Identifier: Apache-2.0
#include "formats/corpus/shard.h"

#include <zlib.h>

#include <cstddef>
#include <cstring>
#include <random>

#include "formats/corpus/base_code.h"
#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

std::vector<uint8_t> Codes(std::string_view text) {
  std::vector<uint8_t> codes;
  for (const char letter : text) codes.push_back(kBaseCodes[static_cast<unsigned char>(letter)]);
  return codes;
}

/// The windows that a reader gives for the text.
Window Expected(std::string_view text) {
  Window window;
  bool any = false;
  for (const char letter : text) {
    const bool lower = letter >= 'a';
    any = any || lower;
    window.repeats.push_back(lower);
    window.bases += lower ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  if (!any) window.repeats.clear();
  return window;
}

/// Letters in runs of one to thirty of a kind, lower case and N among them.
std::string RandomText(size_t length, std::mt19937& random) {
  std::string text;
  while (text.size() < length) {
    const int kind = static_cast<int>(random() % 4);
    const size_t run = 1 + random() % 30;
    for (size_t i = 0; i < run && text.size() < length; ++i)
      text += kind == 0 ? (random() % 2 != 0U ? 'N' : 'n') : (kind == 1 ? "acgt" : "ACGT")[random() % 4];
  }
  return text;
}

std::vector<std::string> WriteShard(const std::string& path, int64_t window_bases, int windows) {
  std::mt19937 random(static_cast<uint32_t>(window_bases));
  ShardWriter writer(path, window_bases);
  std::vector<std::string> texts;
  writer.AddSequence("chr1");
  const uint32_t second = writer.AddSequence("chr2");
  for (int i = 0; i < windows; ++i) {
    texts.push_back(i == 0 ? std::string(static_cast<size_t>(window_bases), 'G')
                           : RandomText(static_cast<size_t>(window_bases), random));
    writer.Add({.sequence = second,
                .start = 5'000'000'000 + static_cast<uint64_t>(i),
                .part = i % 3 == 0 ? Part::kValidation : Part::kTraining,
                .fold = static_cast<uint16_t>(i)},
               Codes(texts.back()));
  }
  const ShardSummary summary = writer.Commit();
  EXPECT_EQ(summary.windows, static_cast<uint64_t>(windows));
  EXPECT_EQ(summary.bytes, std::filesystem::file_size(path));
  EXPECT_EQ(ShardReader(path).summary(), summary);
  return texts;
}

TEST(Shard, GivesBackWhatWasWritten) {
  const TestFolder folder;
  for (const int64_t bases : {1, 3, 4, 7, 8, 9, 6138, 65535}) {
    const std::string path = folder.path(std::to_string(bases));
    const auto texts = WriteShard(path, bases, 9);
    const ShardReader reader(path);
    EXPECT_EQ(reader.window_bases(), bases);
    for (int64_t i = 0; i < reader.num_windows(); ++i) {
      Window window;
      reader.Read(i, window);
      const Window expected = Expected(texts[static_cast<size_t>(i)]);
      EXPECT_EQ(window.bases, expected.bases) << bases << " " << i;
      EXPECT_EQ(window.repeats, expected.repeats) << bases << " " << i;
      const WindowPlace place = reader.Place(i);
      EXPECT_EQ(place.start, 5'000'000'000 + static_cast<uint64_t>(i));
      EXPECT_EQ(place.part, i % 3 == 0 ? Part::kValidation : Part::kTraining);
      EXPECT_EQ(place.fold, i);
      EXPECT_EQ(reader.sequence_name(place.sequence), "chr2");
    }
  }
}

TEST(Shard, TakesTwoBitsABase) {
  const TestFolder folder;
  const std::string path = folder.path("plain");
  ShardWriter writer(path, 6138);
  writer.AddSequence("a");
  for (int i = 0; i < 100; ++i) writer.Add({}, std::vector<uint8_t>(6138, 3));
  EXPECT_LT(static_cast<double>(writer.Commit().bytes), 1.05 * 100 * 6138 / 4);
}

TEST(Shard, AppearsWholeOrNotAtAll) {
  const TestFolder folder;
  {
    ShardWriter writer(folder.path("x"), 4);
    writer.AddSequence("a");
    writer.Add({}, Codes("ACGT"));
    EXPECT_FALSE(std::filesystem::exists(folder.path("x")));
  }
  EXPECT_TRUE(folder.Names().empty());
}

TEST(Shard, FindsEveryDamagedByte) {
  const TestFolder folder;
  WriteShard(folder.path("whole"), 30, 4);
  const std::string whole = ReadWhole(folder.path("whole"));
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const std::string path = folder.Write("x", damaged);
    ExpectError(
        [&] {
          const ShardReader reader(path);
          Window window;
          for (int64_t i = 0; i < reader.num_windows(); ++i) reader.Read(i, window);
        },
        "/x: ");
  }
}

TEST(Shard, FindsTruncation) {
  const TestFolder folder;
  WriteShard(folder.path("whole"), 30, 4);
  const std::string whole = ReadWhole(folder.path("whole"));
  for (size_t length = 0; length < whole.size(); ++length)
    ExpectError([&] { ShardReader reader(folder.Write("cut", whole.substr(0, length))); }, "cut: ");
}

TEST(Shard, RefusesFootersThatLie) {
  const TestFolder folder;
  WriteShard(folder.path("whole"), 30, 4);
  const std::string whole = ReadWhole(folder.path("whole"));
  const auto refuses = [&](auto change, const std::string& part) {
    Footer footer;
    std::memcpy(&footer, whole.data() + whole.size() - sizeof(footer), sizeof(footer));
    change(footer);
    footer.footer_crc = static_cast<uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(&footer), offsetof(Footer, footer_crc)));  // nothing looks damaged
    std::string lying = whole;
    std::memcpy(lying.data() + lying.size() - sizeof(footer), &footer, sizeof(footer));
    ExpectError([&] { ShardReader reader(folder.Write("x", lying)); }, part);
  };
  for (const uint64_t windows : {uint64_t{0}, uint64_t{5}, uint64_t{1} << 59, ~uint64_t{0}})
    refuses([&](Footer& footer) { footer.num_windows = windows; }, "does not fit its");
  for (const uint64_t offset : {uint64_t{0}, ~uint64_t{0}})
    refuses([&](Footer& footer) { footer.index_offset = offset; }, "does not fit its");
  refuses([&](Footer& footer) { footer.names_bytes = ~uint64_t{0}; }, "does not fit its");
  refuses([&](Footer& footer) { footer.window_bases = 0; }, "does not fit its");
  refuses([&](Footer& footer) { footer.window_bases = 65'536; }, "does not fit its");
  refuses([&](Footer& footer) { footer.window_bases = 34; }, "damaged index: window");
  refuses([&](Footer& footer) { footer.num_sequences = 1; }, "expected the names of 1 sequences, got 2");
  // As many bytes, counted differently.
  refuses([&](Footer& footer) { footer.num_windows -= 1, footer.names_bytes += sizeof(IndexEntry); }, "damaged index");
}

TEST(Shard, NamesTheDamagedWindow) {
  const TestFolder folder;
  WriteShard(folder.path("whole"), 8, 3);
  std::string damaged = ReadWhole(folder.path("whole"));
  damaged[8] ^= 1;
  const ShardReader reader(folder.Write("x", damaged));
  Window window;
  reader.Read(1, window);
  ExpectError([&] { reader.Read(0, window); }, "window 0 (chr2:5000000000-5000000008)");
}

}  // namespace
}  // namespace agront::formats
