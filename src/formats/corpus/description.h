// SPDX-License-Identifier: Apache-2.0
// corpus.json: what a folder of shards is. Written last, so a folder without it is no corpus.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/corpus/shard.h"

namespace agront::formats {

inline constexpr const char* kDescriptionFile = "corpus.json";

struct DescribedSpecies {
  std::string name;
  std::string fasta;  ///< the genome's file name, without its folder
  std::string shard;  ///< the shard's, in the corpus
  std::optional<double> weight;
  std::array<int64_t, 2> windows{};  ///< of training, of validation
  ShardSummary summary = {};
};

struct CorpusDescription {
  std::string vocabulary_sha256;  ///< of the tokenizer's vocab.txt
  int64_t window_tokens = 0;
  int folds = 1;
  std::map<std::string, std::string> settings;    ///< how the windows were chosen; for people
  std::map<std::string, std::string> provenance;  ///< program, command
  std::vector<DescribedSpecies> species;
};

/// JSON, the same bytes for equal descriptions.
std::string WriteDescription(const CorpusDescription& description);

/// Throws Error beginning with `path` for what is no description: damaged, of a later format, with a shard outside the
/// folder, with weights for some species only.
CorpusDescription ParseDescription(const std::string& text, const std::string& path);

}  // namespace agront::formats
