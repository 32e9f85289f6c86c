// SPDX-License-Identifier: Apache-2.0
// What pll sends through the model for many changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "data/variants/change_windows.h"
#include "inference/masked_model.h"
#include "inference/variant_scorer.h"

namespace agront::inference {

/// Each window is there once, in the order in which it was first needed: the alleles of a site and near substitutions
/// share those of the reference. A substitution within one 6-mer shares the pass in which this one is masked, too.
/// Thread safety: none.
class PllPlan {
 public:
  /// Both live longer.
  PllPlan(data::GenomeBases& genome, const VariantScoreOptions& options) : genome_(genome), options_(options) {}

  void Add(size_t allele, const std::string& sequence, const genome::Change& change);

  size_t windows() const { return windows_.size(); }

  /// Adds the passes of window `number` to the model; returns how many.
  int64_t Pack(size_t number, MaskedModel& model) const;

  /// Takes the logits of a token that is masked in a window, and may change them.
  void Use(size_t number, const MaskedToken& token, std::span<float> logits);

  /// NaN where no window holds the change.
  double Score(size_t allele) const;

 private:
  /// The sequence, the strand, the window's start there and its tokens, those that are scored, and the change on this
  /// strand, one that changes nothing for the reference.
  using Key = std::tuple<std::string, bool, int64_t, size_t, std::vector<size_t>, genome::Change>;

  /// An alternative's window that sees, while `token` is masked, what the reference's sees.
  struct Sharing {
    size_t window;
    size_t token;
    int32_t id;  ///< of the alternative there
  };

  /// How a window is made again when it is its turn: those of all changes would take much memory.
  struct Window {
    std::string sequence;
    bool reverse = false;
    int frame = 0;
    genome::Change change;  ///< on the strand
    bool is_reference = false;
    size_t shared = 0;  ///< the token of an alternative whose pass is the reference's; 0, <cls>: none
    std::vector<Sharing> sharing = {};

    const data::ScoredWindow& Of(const data::ChangeWindows& both) const {
      return is_reference ? both.reference : both.alternative;
    }
  };

  std::pair<size_t, bool> NumberOf(const data::ChangeWindows& both, const Window& window);
  data::ChangeWindowOptions WindowOptions() const { return {.sixmers = options_.sixmers, .flank = options_.flank}; }

  data::GenomeBases& genome_;
  const VariantScoreOptions& options_;
  std::map<Key, size_t> numbers_;
  std::vector<Window> windows_;
  std::vector<double> likelihoods_;                                       // of each window
  std::map<size_t, std::vector<std::pair<size_t, size_t>>> differences_;  // of each change, alternative and reference
};

}  // namespace agront::inference
