// SPDX-License-Identifier: Apache-2.0
// Shared by the tests of corpora: a small corpus in a folder that goes away with the object.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "base/test_folder.h"
#include "formats/corpus/base_code.h"
#include "formats/corpus/description.h"
#include "formats/corpus/shard.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {

struct TestSpecies {
  std::string name;
  int windows = 0;
  std::optional<double> weight = std::nullopt;
};

class TestCorpus {
 public:
  /// Random bases; every tenth window is for validation, window w is in fold w % 4. Lower case and N are rare.
  TestCorpus(const std::vector<TestSpecies>& all, int64_t window_tokens) {
    formats::CorpusDescription description;
    Sha256 hash;
    hash.Update(tokenizer::VocabularyFile());
    description.vocabulary_sha256 = hash.Hex();
    description.window_tokens = window_tokens;
    description.folds = 4;
    const auto bases = static_cast<size_t>(6 * (window_tokens - 1));
    std::mt19937 random(1);
    for (const TestSpecies& species : all) {
      formats::DescribedSpecies described;
      described.name = species.name;
      described.shard = species.name + ".shard";
      described.weight = species.weight;
      formats::ShardWriter writer(folder_.path(described.shard), static_cast<int64_t>(bases));
      writer.AddSequence("chr1");
      for (int i = 0; i < species.windows; ++i) {
        std::string text;
        while (text.size() < bases) text += "ACGTACGTACGTACGTACGTacgtN"[random() % 25];
        std::vector<uint8_t> codes;
        for (const char letter : text) codes.push_back(formats::kBaseCodes[static_cast<unsigned char>(letter)]);
        const auto part = i % 10 == 0 ? formats::Part::kValidation : formats::Part::kTraining;
        writer.Add({0, static_cast<uint64_t>(i) * bases, part, static_cast<uint16_t>(i % 4)}, codes);
        ++described.windows.at(static_cast<size_t>(part));
      }
      described.summary = writer.Commit();
      description.species.push_back(described);
    }
    folder_.Write("corpus.json", formats::WriteDescription(description));
  }

  const std::string& path() const { return folder_.path(); }
  std::string Read(const std::string& name) const { return folder_.Read(name); }
  void Write(const std::string& name, const std::string& content) const { folder_.Write(name, content); }
  void Replace(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = Read(name);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    Write(name, text.replace(at, from.size(), to));
  }

 private:
  TestFolder folder_;
};

}  // namespace agront::data
