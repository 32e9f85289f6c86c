// SPDX-License-Identifier: Apache-2.0
// Damaged checkpoints: whatever a file says, a reader gives tensors or throws Error, and stays small.
// AGRONT_MUTATIONS in the environment sets the number of files for each fixture.

#include <zlib.h>

#include <cstdlib>
#include <functional>
#include <random>

#include "base/output_file.h"
#include "formats/arrays/stored_zip_writer.h"
#include "formats/checkpoints/joblib_checkpoint.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/sharded_safetensors.h"
#include "formats/checkpoints/torch_checkpoint.h"
#include "formats/checkpoints/zip_reader.h"
#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

using Opener = std::function<std::unique_ptr<TensorArchive>(const std::string& path)>;

constexpr int64_t kMostElements = 1 << 24;

int Rounds() {
  const char* rounds = std::getenv("AGRONT_MUTATIONS");
  return rounds != nullptr ? std::atoi(rounds) : 150;
}

/// Some bytes changed, removed, doubled, or the end cut off.
std::string Mutate(std::string text, std::mt19937& random) {
  const auto below = [&](size_t limit) { return limit == 0 ? size_t{0} : random() % limit; };
  for (size_t change = 1 + below(4); change > 0 && !text.empty(); --change) {
    const size_t at = below(text.size());
    switch (below(8)) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text[at] = static_cast<char>(text[at] ^ 1 << below(8)); break;
      case 2: text[at] = static_cast<char>(text[at] + 1); break;
      case 3: text[at] = '\xFF'; break;
      case 4: text.erase(at, 1 + below(4)); break;
      case 5: text.insert(at, text.substr(below(text.size()), 1 + below(32))); break;
      case 6: text[at] = text[below(text.size())]; break;
      case 7:
        if (below(8) == 0) text.resize(at);
        break;
    }
  }
  return text;
}

void ReadAll(const Opener& open, const std::string& path) {
  try {
    const std::unique_ptr<TensorArchive> archive = open(path);
    for (size_t i = 0; i < archive->entries().size(); ++i) {
      int64_t count = 1;
      for (int64_t size : archive->entries()[i].shape) count *= size;
      ASSERT_LE(count, kMostElements);
      try {
        const TensorValues values = archive->Read(i);
        volatile float sum = 0;
        for (float value : Flatten(values)) sum = sum + value;
      } catch (const Error&) {
      }
    }
  } catch (const Error& error) {
    ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
  }
}

std::string Deflate(const std::string& plain) {
  std::string compressed(compressBound(plain.size()), '\0');
  uLongf size = compressed.size();
  compress2(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
            plain.size(), 1);
  compressed.resize(size);
  return compressed;
}

/// Opens damaged copies of `content`; `pack` makes the file of them.
void Attack(const std::string& content, const Opener& open,
            const std::function<void(const std::string& path, const std::string& content)>& pack) {
  const TestFolder folder;
  std::mt19937 random(17);  // NOLINT(bugprone-random-generator-seed): the same files in every run
  for (int round = 0; round < Rounds(); ++round) {
    pack(folder.path("damaged"), Mutate(content, random));
    ReadAll(open, folder.path("damaged"));
    if (testing::Test::HasFatalFailure()) {
      std::filesystem::copy(folder.path("damaged"), "mutation_failure",
                            std::filesystem::copy_options::overwrite_existing);
      return;
    }
  }
}

void PackPlain(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

void PackZlib(const std::string& path, const std::string& content) { PackPlain(path, Deflate(content)); }

std::unique_ptr<TensorArchive> OpenPath(const std::string& path) { return OpenSafetensors(path); }

TEST(Mutation, Safetensors) { Attack(ReadWhole(Fixture("plain.safetensors")), OpenPath, PackPlain); }

TEST(Mutation, SafetensorsIndex) {
  Attack(ReadWhole(Fixture("model.safetensors.index.json")), OpenShardedSafetensors,
         [](const std::string& path, const std::string& content) {
           for (const char* shard : {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"})
             std::filesystem::copy(Fixture(shard), std::filesystem::path(path).parent_path() / shard,
                                   std::filesystem::copy_options::skip_existing);
           PackPlain(path, content);
         });
}

TEST(Mutation, Joblib) {
  for (const char* name : {"plain.joblib", "zlib.joblib", "unaligned.joblib", "protocol2.joblib", "numpy2.pickle",
                           "numpy4.pickle", "numpy5.pickle"})
    Attack(ReadWhole(Fixture(name)), OpenJoblibCheckpoint, PackPlain);
}

TEST(Mutation, JoblibInsideZlib) {
  for (const char* name : {"plain.joblib", "protocol2.joblib", "numpy2.pickle", "numpy5.pickle"})
    Attack(ReadWhole(Fixture(name)), OpenJoblibCheckpoint, PackZlib);
}

TEST(Mutation, TorchZip) {
  for (const char* name : {"pytorch_model.bin", "deflated.bin"})
    Attack(ReadWhole(Fixture(name)), OpenTorchCheckpoint, PackPlain);
}

TEST(Mutation, TorchPickle) {
  const ZipReader original(Fixture("pytorch_model.bin"));
  std::vector<std::string> contents;
  size_t pickle = 0;
  for (size_t i = 0; i < original.entries().size(); ++i) {
    contents.emplace_back(original.entries()[i].size, '\0');
    original.ReadInto(i, std::as_writable_bytes(std::span(contents.back())));
    if (original.entries()[i].name.ends_with("data.pkl")) pickle = i;
  }
  Attack(contents[pickle], OpenTorchCheckpoint, [&](const std::string& path, const std::string& damaged) {
    OutputFile file(path, /*overwrite=*/true);
    StoredZipWriter zip(file);
    for (size_t i = 0; i < contents.size(); ++i)
      zip.Add(original.entries()[i].name, i == pickle ? damaged : contents[i], nullptr);
    zip.Finish();
    file.Commit();
  });
}

}  // namespace
}  // namespace agront::formats
