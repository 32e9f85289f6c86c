// SPDX-License-Identifier: Apache-2.0
// Damaged genomes and indexes: right bases, or a refusal.

#include <chrono>
#include <filesystem>

#include "formats/sequences/genome_test_files.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

class IndexedFastaDamage : public testing::Test {
 protected:
  const TestFolder folder_;
  const std::string path_ = folder_.path("g.fa");
  std::vector<std::string> notes_;
};

/// Some bytes changed, removed, or the end cut off.
std::string Damaged(std::string text, std::mt19937& random) {
  for (size_t change = 1 + random() % 2; change > 0; --change) {
    const size_t at = random() % text.size();
    switch (random() % 5) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text[at] = static_cast<char>(text[at] + (random() % 2 == 0 ? 1 : -1)); break;
      case 2: text[at] = " \n\r\t>"[random() % 5]; break;
      case 3: text.erase(at, 1 + random() % 16); break;
      default: text.resize(at + 1);
    }
  }
  return text;
}

TEST_F(IndexedFastaDamage, WithstandsDamagedIndexes) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same files in every run
  for (const Compression compression : {Compression::kNone, Compression::kBgzip}) {
    WriteCompressed(path_, FastaText(RandomSequences(4, 300, 5), {.line = 20}), compression, 200);
    WriteIndex(path_);
    for (const std::string name : {"g.fa.fai", "g.fa.gzi"}) {
      if (!fs::exists(folder_.path(name))) continue;
      const std::string good = folder_.Read(name);
      for (unsigned round = 0; round < 150; ++round) {
        folder_.Write(name, Damaged(good, random));
        ASSERT_NO_FATAL_FAILURE(ExpectSameBases(path_, round, notes_)) << name << " " << round;
      }
      folder_.Write(name, good);
    }
  }
}

/// Right bases, or an error of one line where direct reading has one, too.
TEST_F(IndexedFastaDamage, WithstandsDamagedGenomes) {
  std::mt19937 random(9);  // NOLINT(bugprone-random-generator-seed): the same files in every run
  const std::string good = FastaText(RandomSequences(4, 300, 6), {.line = 20});
  WriteCompressed(path_, good, Compression::kNone);
  WriteIndex(path_);
  int readable = 0;
  for (unsigned round = 0; round < 400; ++round) {
    folder_.Write("g.fa", Damaged(good, random));
    fs::last_write_time(path_ + ".fai", fs::last_write_time(path_) - std::chrono::hours(24));
    try {
      ReadDirectly(path_);
      ++readable;
    } catch (const Error&) {
      continue;
    }
    try {
      ASSERT_NO_FATAL_FAILURE(ExpectSameBases(path_, round, notes_)) << round;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("expected each sequence once"), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(readable, 40);
}

}  // namespace
}  // namespace agront::formats
