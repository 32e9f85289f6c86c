// SPDX-License-Identifier: Apache-2.0
// What llr and marginal send through the model for many changes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "data/variants/sixmer_window.h"
#include "inference/masked_model.h"
#include "inference/variant_scorer.h"

namespace agront::inference {

/// Each pass is there once, in the order in which it was first needed: changes with the same masked 6-mer share it, and
/// with shared masks those with one of its masked 6-mers. Thread safety: none.
class SixmerPlan {
 public:
  /// Both live longer.
  SixmerPlan(data::GenomeBases& genome, const VariantScoreOptions& options) : genome_(genome), options_(options) {}

  /// A substitution of 1 to 6 bases, by which its scores are asked for.
  void Add(size_t allele, const std::string& sequence, const genome::Change& change);

  size_t passes() const { return passes_.size(); }

  /// Adds pass `number` to the model.
  void Pack(size_t number, MaskedModel& model) const;

  /// Takes the logits of a token that is masked in pass `number`.
  void Use(size_t number, size_t token, std::span<const float> logits);

  /// Sets the scores that the plan is for.
  void Store(size_t allele, VariantScores& scores) const;

 private:
  /// A masked 6-mer with what stands there and what may, on one strand: one term of a change's means.
  struct Term {
    size_t allele = 0;
    size_t token = 0;
    std::string reference;
    std::string alternative;
    bool is_the_place = false;  ///< of the score at one place
  };
  /// `masked` is the place of the masked 6-mer, or for shared masks which seventh of the window's 6-mers.
  struct Pass {
    std::string sequence;
    bool reverse = false;
    data::SixmerWindow window;
    int64_t masked = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that "<" compares the result with for a pointer
    auto operator<=>(const Pass&) const = default;
  };
  struct Mean {
    double sum = 0;
    int64_t count = 0;
    void Add(double value);
    double value() const;
  };
  struct Means {
    Mean llr, llr_f6, marginal, marginal_f6;
  };

  void AddPlace(const std::string& sequence, int64_t place, Term term);
  void AddTerm(const Term& term, std::span<const float> logits);

  data::GenomeBases& genome_;
  const VariantScoreOptions& options_;
  std::map<Pass, size_t> numbers_;
  std::vector<const Pass*> passes_;       // in numbers_
  std::vector<std::vector<Term>> terms_;  // of each pass
  std::map<size_t, Means> means_;         // of each change
};

}  // namespace agront::inference
