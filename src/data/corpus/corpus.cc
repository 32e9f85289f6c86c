// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/corpus.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"
#include "base/missing_file.h"
#include "base/sha256.h"
#include "base/text_file.h"
#include "formats/corpus/description.h"
#include "formats/corpus/shard.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

namespace fs = std::filesystem;

std::string VocabularyHash() {
  Sha256 hash;
  hash.Update(tokenizer::VocabularyFile());
  return hash.Hex();
}

/// A corpus of this tokenizer, all its shards open and their indices checked.
struct OpenShards {
  std::string hash;
  formats::CorpusDescription description;
  std::vector<std::unique_ptr<formats::ShardReader>> shards;
};

OpenShards OpenAll(const std::string& folder) {
  const std::string file = (fs::path(folder) / formats::kDescriptionFile).string();
  std::error_code missing;
  if (!fs::exists(folder, missing)) FailMissing("{}: no such file: expected the folder of a corpus", folder);
  if (!fs::is_directory(folder, missing)) Fail("{}: expected the folder of a corpus, got a file", folder);
  if (!fs::exists(file, missing))
    Fail("{}: expected a corpus, got a folder without {}", folder, formats::kDescriptionFile);
  const std::string text = ReadTextFile(file);
  OpenShards open;
  open.description = formats::ParseDescription(text, file);
  formats::CorpusDescription windows = open.description;
  windows.provenance.clear();
  Sha256 hash;
  hash.Update(formats::WriteDescription(windows));
  open.hash = hash.Hex();
  if (const std::string ours = VocabularyHash(); open.description.vocabulary_sha256 != ours)
    Fail("{}: expected a corpus for the tokenizer with vocabulary {:.12}, got one for {:.12}", file, ours,
         open.description.vocabulary_sha256);
  for (const formats::DescribedSpecies& species : open.description.species) {
    const std::string path = (fs::path(folder) / species.shard).string();
    auto shard = std::make_unique<formats::ShardReader>(path);
    if (shard->summary() != species.summary)
      Fail("{}: expected {} windows in {} bytes with index checksum {:08x} (so says {}), got {} in {} with {:08x}",
           path, species.summary.windows, species.summary.bytes, species.summary.index_crc, formats::kDescriptionFile,
           shard->summary().windows, shard->summary().bytes, shard->summary().index_crc);
    if (shard->window_bases() != tokenizer::kKmerLength * (open.description.window_tokens - 1))
      Fail("{}: expected windows of {} tokens, got {} bases", path, open.description.window_tokens,
           shard->window_bases());
    open.shards.push_back(std::move(shard));
  }
  return open;
}

bool IsSelected(const WindowPlace& place, const CorpusSelection& selection) {
  return place.part == selection.part && (!selection.fold || place.fold == *selection.fold) &&
         (!selection.without_fold || place.fold != *selection.without_fold);
}

}  // namespace

struct Corpus::State {
  std::string path;
  OpenShards open;
  std::vector<std::vector<uint32_t>> selected;  // windows of each shard
  int64_t num_windows = 0;

  const formats::DescribedSpecies& Species(int species) const {
    return open.description.species.at(static_cast<size_t>(species));
  }
  const formats::ShardReader& Shard(int species) const { return *open.shards.at(static_cast<size_t>(species)); }

  int64_t WindowInShard(int species, int64_t index) const {
    const auto& windows = selected.at(static_cast<size_t>(species));
    if (index < 0 || index >= static_cast<int64_t>(windows.size()))
      Fail("{}: species {}: expected a window below {}, got {}", path, Species(species).name, windows.size(), index);
    return windows[static_cast<size_t>(index)];
  }
};

Corpus::Corpus(const std::string& folder, const CorpusSelection& selection) : state_(std::make_unique<State>()) {
  state_->path = folder;
  state_->open = OpenAll(folder);
  const int folds = state_->open.description.folds;
  for (const auto& fold : {selection.fold, selection.without_fold})
    if (fold && (*fold < 0 || *fold >= folds))
      Fail("{}: fold: expected 0 to {}, got {} (corpus --folds makes more)", folder, folds - 1, *fold);
  for (size_t i = 0; i < state_->open.shards.size(); ++i) {
    const formats::ShardReader& shard = *state_->open.shards[i];
    std::array<int64_t, 2> windows{};
    auto& selected = state_->selected.emplace_back();
    for (int64_t window = 0; window < shard.num_windows(); ++window) {
      const WindowPlace place = shard.Place(window);
      ++windows.at(static_cast<size_t>(place.part));
      if (IsSelected(place, selection)) selected.push_back(static_cast<uint32_t>(window));
    }
    const formats::DescribedSpecies& species = state_->open.description.species[i];
    if (windows != species.windows)
      Fail("{}: species {}: expected {} windows for training and {} for validation, got {} and {}", folder,
           species.name, species.windows[0], species.windows[1], windows[0], windows[1]);
    state_->num_windows += static_cast<int64_t>(selected.size());
  }
  if (state_->num_windows == 0)
    Fail("{}: no window for {}{}", folder, selection.part == Part::kTraining ? "training" : "validation",
         selection.fold || selection.without_fold ? " in these folds" : "");
}

Corpus::~Corpus() = default;

const std::string& Corpus::path() const { return state_->path; }
const std::string& Corpus::hash() const { return state_->open.hash; }
int64_t Corpus::window_tokens() const { return state_->open.description.window_tokens; }
int64_t Corpus::window_bases() const { return tokenizer::kKmerLength * (window_tokens() - 1); }
int Corpus::num_species() const { return static_cast<int>(state_->open.shards.size()); }
const std::string& Corpus::species_name(int species) const { return state_->Species(species).name; }
std::optional<double> Corpus::species_weight(int species) const { return state_->Species(species).weight; }
int64_t Corpus::num_windows_of_part(Part part) const {
  int64_t windows = 0;
  for (const formats::DescribedSpecies& species : state_->open.description.species)
    windows += species.windows.at(static_cast<size_t>(part));
  return windows;
}

int64_t Corpus::num_windows() const { return state_->num_windows; }

int64_t Corpus::num_windows(int species) const {
  return static_cast<int64_t>(state_->selected.at(static_cast<size_t>(species)).size());
}

void Corpus::Read(int species, int64_t index, Window& window) const {
  state_->Shard(species).Read(state_->WindowInShard(species, index), window);
}

WindowPlace Corpus::Place(int species, int64_t index) const {
  return state_->Shard(species).Place(state_->WindowInShard(species, index));
}

const std::string& Corpus::sequence_name(int species, uint32_t sequence) const {
  return state_->Shard(species).sequence_name(sequence);
}

void VerifyShards(const std::string& folder, const std::function<void(int64_t done, int64_t all)>& progress) {
  const OpenShards open = OpenAll(folder);
  int64_t all = 0;
  for (const auto& shard : open.shards) all += shard->num_windows();
  int64_t done = 0;
  Window window;
  for (const auto& shard : open.shards)
    for (int64_t i = 0; i < shard->num_windows(); ++i) {
      shard->Read(i, window);
      progress(++done, all);
    }
}

}  // namespace agront::data
