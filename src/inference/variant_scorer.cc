// SPDX-License-Identifier: Apache-2.0
#include "inference/variant_scorer.h"

#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "data/variants/change_windows.h"
#include "data/variants/sixmer_window.h"
#include "genome/nucleotide.h"
#include "inference/log_softmax.h"
#include "inference/masked_model.h"
#include "inference/sixmer_odds.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

constexpr std::array kStrands = {false, true};
constexpr int64_t kLongestInSixmer = tokenizer::kKmerLength;

/// A masked 6-mer with what stands there and what may, on one strand: one term of an allele's means.
struct Term {
  size_t allele;
  std::string reference;
  std::string alternative;
  bool is_the_place;  ///< of the score at one place
};

/// Where the masked 6-mer begins on the forward strand, and which strand is read.
using SixmerKey = std::tuple<std::string, int64_t, bool>;

/// A window of pll: the sequence, the strand, the window's start there and its 6-mers, those that are scored, and the
/// change on this strand, one that changes nothing for the reference.
using WindowKey = std::tuple<std::string, bool, int64_t, size_t, std::vector<size_t>, genome::Change>;

/// How such a window is made again when it is its turn: those of all changes would take much memory.
struct PlannedWindow {
  std::string sequence;
  bool reverse;
  int frame;
  genome::Change change;  ///< on the strand
  bool is_reference;

  const data::ScoredWindow& Of(const data::ChangeWindows& both) const {
    return is_reference ? both.reference : both.alternative;
  }
};

/// A mean in the making.
struct Mean {
  double sum = 0;
  int64_t count = 0;
  void Add(double value) {
    sum += value;
    ++count;
  }
  double value() const { return count == 0 ? VariantScores::kNone : sum / static_cast<double>(count); }
};

struct Means {
  Mean llr, llr_f6, marginal, marginal_f6;
};

}  // namespace

/// What has to go through the model for the changes that were added. Each window is there once, in the order in which
/// it was first needed.
class VariantScorer::Plan {
 public:
  Plan(data::GenomeBases& genome, const VariantScoreOptions& options) : genome_(genome), options_(options) {}

  size_t Add(const std::string& sequence, const genome::Change& change) {
    const size_t allele = changes_++;
    unchanged_.push_back(change.changes_nothing());
    differences_.emplace_back();
    if (change.changes_nothing()) return allele;
    if ((options_.llr || options_.marginal) && change.is_substitution() &&
        change.end - change.start <= kLongestInSixmer)
      AddSixmers(allele, sequence, change);
    if (options_.pll) AddWindows(allele, sequence, change);
    return allele;
  }

  std::vector<VariantScores> Run(Engine& engine, const std::function<void(double)>& after_window, int64_t& passes,
                                 int64_t& tokens) {
    means_.assign(changes_, {});
    likelihoods_.assign(windows_.size(), 0);
    // A token of a masked window belongs to the sixmer or window whose turn its sequence was.
    MaskedModel model(engine, options_.batch_tokens,
                      [&](std::span<const MaskedToken> masked, tensor::MatrixView logits) { Use(masked, logits); });
    const double all = static_cast<double>(sixmers_.size() + windows_.size());
    double done = 0;
    for (const SixmerKey& key : sixmers_) {
      const auto& [sequence, place, reverse] = key;
      const data::Strand strand(genome_, sequence, reverse);
      const data::SixmerWindow window =
          data::WindowAround(strand, strand.StartOf(place, place + tokenizer::kKmerLength), options_.sixmers);
      model.Add(window.ids, {{window.middle}});
      ++passes;
      after_window(++done / all);
    }
    for (const PlannedWindow& planned : windows_) {
      const data::Strand strand(genome_, planned.sequence, planned.reverse);
      const data::ChangeWindows both = *data::WindowsOf(strand, planned.change, planned.frame, WindowOptions());
      const data::ScoredWindow& window = planned.Of(both);
      const MaskedPasses of_window = SeventhsOf(window.scored);
      model.Add(window.ids, of_window);
      passes += static_cast<int64_t>(of_window.size());
      after_window(++done / all);
    }
    model.Flush();
    tokens += model.tokens();
    return Scores();
  }

 private:
  void AddSixmers(size_t allele, const std::string& sequence, const genome::Change& change) {
    const std::vector<int64_t> places = data::PlacesOf(genome_, sequence, change);
    const std::optional<int64_t> the_place = data::PlaceOf(places, change);
    for (const int64_t place : places) {
      if (!options_.all_places && place != *the_place) continue;
      Term term{.allele = allele,
                .reference = genome_.Fetch(sequence, place, place + tokenizer::kKmerLength),
                .alternative = {},
                .is_the_place = place == *the_place};
      term.alternative = term.reference;
      term.alternative.replace(static_cast<size_t>(change.start - place), change.alternative.size(),
                               change.alternative);
      for (const bool reverse : kStrands) {
        const auto [found, is_new] = number_of_sixmer_.try_emplace({sequence, place, reverse}, sixmers_.size());
        if (is_new) {
          sixmers_.push_back(found->first);
          terms_.emplace_back();
        }
        terms_[found->second].push_back(term);
        if (!reverse) continue;
        genome::ReverseComplement(terms_[found->second].back().reference);
        genome::ReverseComplement(terms_[found->second].back().alternative);
      }
    }
  }

  void AddWindows(size_t allele, const std::string& sequence, const genome::Change& change) {
    constexpr std::array kFramesByDistance = {3, 2, 4, 1, 5, 0};  // an edge of a sequence has not all of them
    for (const bool reverse : kStrands) {
      const data::Strand strand(genome_, sequence, reverse);
      const genome::Change of_strand = strand.Of(change);
      int frames = 0;
      for (const int frame : kFramesByDistance) {
        if (frames == options_.pll_frames) break;
        auto windows =
            data::WindowsOf(strand, of_strand, frame, {.sixmers = options_.sixmers, .flank = options_.flank});
        if (!windows) continue;
        ++frames;
        PlannedWindow planned{
            .sequence = sequence, .reverse = reverse, .frame = frame, .change = of_strand, .is_reference = true};
        const size_t reference = WindowNumber(*windows, planned);
        planned.is_reference = false;
        const size_t other = WindowNumber(*windows, planned);
        differences_[allele].emplace_back(other, reference);
      }
    }
  }

  size_t WindowNumber(const data::ChangeWindows& windows, const PlannedWindow& planned) {
    const data::ScoredWindow& window = planned.Of(windows);
    const auto [found, is_new] =
        number_of_window_.try_emplace({planned.sequence, planned.reverse, windows.start, window.ids.size(),
                                       window.scored, planned.is_reference ? genome::Change{} : planned.change},
                                      windows_.size());
    if (is_new) windows_.push_back(planned);
    return found->second;
  }

  data::ChangeWindowOptions WindowOptions() const { return {.sixmers = options_.sixmers, .flank = options_.flank}; }

  void Use(std::span<const MaskedToken> masked, tensor::MatrixView logits) {
    for (size_t i = 0; i < masked.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      const auto number = static_cast<size_t>(masked[i].sequence);
      if (number < sixmers_.size()) {
        for (const Term& term : terms_[number]) AddTerm(term, logits.row(row));
      } else {
        LogSoftmax({.data = logits.row(row).data(), .rows = 1, .cols = logits.cols, .stored_rows = 1});
        likelihoods_[number - sixmers_.size()] +=
            static_cast<double>(logits.row(row)[static_cast<size_t>(masked[i].id)]);
      }
    }
  }

  void AddTerm(const Term& term, std::span<const float> logits) {
    Means& means = means_[term.allele];
    if (options_.llr) {
      const double ratio = LogRatio(logits, term.alternative, term.reference);
      if (term.is_the_place) means.llr.Add(ratio);
      if (options_.all_places) means.llr_f6.Add(ratio);
    }
    if (options_.marginal) {
      const double ratio = MarginalLogRatio(logits, term.alternative, term.reference);
      if (term.is_the_place) means.marginal.Add(ratio);
      if (options_.all_places) means.marginal_f6.Add(ratio);
    }
  }

  std::vector<VariantScores> Scores() const {
    std::vector<VariantScores> scores(changes_);
    for (size_t i = 0; i < changes_; ++i) {
      if (unchanged_[i]) {
        scores[i] = Unchanged();
        continue;
      }
      Mean pll;
      for (const auto& [alternative, reference] : differences_[i])
        pll.Add(likelihoods_[alternative] - likelihoods_[reference]);
      scores[i] = {.llr = means_[i].llr.value(),
                   .llr_f6 = means_[i].llr_f6.value(),
                   .marginal = means_[i].marginal.value(),
                   .marginal_f6 = means_[i].marginal_f6.value(),
                   .pll = pll.value()};
    }
    return scores;
  }

  VariantScores Unchanged() const {
    VariantScores scores;
    if (options_.llr) scores.llr = 0;
    if (options_.llr && options_.all_places) scores.llr_f6 = 0;
    if (options_.marginal) scores.marginal = 0;
    if (options_.marginal && options_.all_places) scores.marginal_f6 = 0;
    if (options_.pll) scores.pll = 0;
    return scores;
  }

  data::GenomeBases& genome_;
  const VariantScoreOptions& options_;
  size_t changes_ = 0;
  std::vector<bool> unchanged_;
  std::map<SixmerKey, size_t> number_of_sixmer_;
  std::vector<SixmerKey> sixmers_;
  std::vector<std::vector<Term>> terms_;  // of each
  std::map<WindowKey, size_t> number_of_window_;
  std::vector<PlannedWindow> windows_;
  std::vector<std::vector<std::pair<size_t, size_t>>> differences_;  // of each change, alternative and reference
  std::vector<Means> means_;                                         // of each change
  std::vector<double> likelihoods_;                                  // of each window
};

VariantScorer::VariantScorer(Engine& engine, data::GenomeBases& genome, const VariantScoreOptions& options)
    : engine_(engine), genome_(genome), options_(options), plan_(std::make_unique<Plan>(genome_, options_)) {
  engine_.ExpectLanguageModel();
}

VariantScorer::~VariantScorer() = default;

size_t VariantScorer::Add(const std::string& sequence, const genome::Change& change) {
  return plan_->Add(sequence, change);
}

std::vector<VariantScores> VariantScorer::Run(const std::function<void(double share)>& after_window) {
  std::vector<VariantScores> scores = plan_->Run(engine_, after_window, passes_, tokens_);
  plan_ = std::make_unique<Plan>(genome_, options_);
  return scores;
}

int64_t VariantScorer::passes() const { return passes_; }
int64_t VariantScorer::tokens() const { return tokens_; }

}  // namespace agront::inference
