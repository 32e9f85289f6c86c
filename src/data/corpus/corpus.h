// SPDX-License-Identifier: Apache-2.0
// A pretraining corpus that `agront corpus` wrote, for reading.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/corpus/window.h"

namespace agront::data {

using formats::Part;
using formats::Window;
using formats::WindowPlace;

/// Which windows of a corpus to use.
struct CorpusSelection {
  Part part = Part::kTraining;
  std::optional<int> fold = std::nullopt;          ///< this fold only
  std::optional<int> without_fold = std::nullopt;  ///< all folds but this one
};

/// Opens the shards as mapped files, so a corpus may be larger than memory. Damage is found when a window is read:
/// every window has a checksum.
/// Thread safety: const members may be called from several threads.
class Corpus {
 public:
  /// Throws Error when the folder is no corpus, was made for another tokenizer, or has a shard that is missing,
  /// truncated or damaged in its index; and when the selection has no window or names a fold that is not there.
  explicit Corpus(const std::string& folder, const CorpusSelection& selection = {});
  ~Corpus();
  Corpus(const Corpus&) = delete;
  Corpus& operator=(const Corpus&) = delete;

  const std::string& path() const;
  /// SHA-256 of what corpus.json says of the windows, with the checksums of the shards: equal for equal corpora,
  /// whatever the command line that made them.
  const std::string& hash() const;
  int64_t window_tokens() const;  ///< of a window without N, <cls> included
  int64_t window_bases() const;   ///< 6 (window_tokens - 1), of every window

  int num_species() const;
  const std::string& species_name(int species) const;
  /// The manifest's weight. Either all species have one or none has.
  std::optional<double> species_weight(int species) const;

  /// Selected windows: of a species (0 is possible), of all.
  int64_t num_windows(int species) const;
  int64_t num_windows() const;
  /// Counts all species, selected or not.
  int64_t num_windows_of_part(Part part) const;

  /// Window `index` of the selected ones of a species, in the order of the genome. Throws Error naming shard and window
  /// when the checksum does not fit.
  void Read(int species, int64_t index, Window& window) const;
  WindowPlace Place(int species, int64_t index) const;
  const std::string& sequence_name(int species, uint32_t sequence) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads every window of all parts; calls `progress` with the windows done and all of them. Throws Error at the first
/// damage.
void VerifyShards(const std::string& folder, const std::function<void(int64_t done, int64_t all)>& progress);

}  // namespace agront::data
