// SPDX-License-Identifier: Apache-2.0
// How likely a masked language model finds the alternatives of variants in memory, or of a stream of them.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/model.h"
#include "agront/reporter.h"
#include "agront/sequences.h"

namespace agront {

/// Scores of a variant; docs/variants.md has the formulas.
enum class VariantScore {
  kLlr,       ///< of the 6-mer that holds the change, masked: for substitutions within one
  kMarginal,  ///< the same of all 6-mers with the changed bases
  kPll,       ///< of pseudo-log-likelihoods of the 6-mers at the change, for every kind of it
};

struct VariantScoring {
  std::vector<VariantScore> scores = {VariantScore::kLlr, VariantScore::kPll};  ///< none: variants are only checked
  /// Places of the 6-mers: 0, the best one for llr and marginal, six for pll; 1, one for all; 6, six for pll, and llr
  /// and marginal also as the mean over all places.
  int frames = 0;
  int64_t window_bp = 0;  ///< 6 (2 k + 1); 0: 5,994 or as many as the model takes
  int64_t pll_flank = 4;  ///< 6-mers on each side of the change that pll scores, 0 to 100
  /// llr and marginal mask every seventh 6-mer of a window, which all variants near share: fewer passes for many
  /// variants, and other scores.
  bool shared_masks = false;
  /// From pll of an insertion or deletion the mean of so many random ones of its lengths is subtracted, 0 to 10,000.
  int indel_null = 0;
};

/// What became of an alternative allele.
enum class VariantStatus {
  kScored,         ///< has all scores that were asked for
  kUsePll,         ///< llr and marginal are not defined: the change is not within one 6-mer
  kNoSixmer,       ///< no 6-mer without N holds the change
  kNoWindow,       ///< no window holds the change, or random indels of its length have no place in the genome
  kChecked,        ///< could be scored, and no scores were asked for
  kRefDiffers,     ///< the reference allele is not what the genome has
  kUnknownContig,  ///< the genome has no such sequence
  kBeyondContig,   ///< the place or the reference allele lies outside the sequence
  kSymbolic,       ///< a symbolic allele other than <DEL>, <DUP> and <INV>, or without a length
  kStar,           ///< "*"
  kAnyAllele,      ///< "<*>" or "<NON_REF>"
  kBreakend,
  kAmbiguous,  ///< an IUPAC letter in the alternative
  kInvalid,    ///< the alternative is no allele
  kTooLong,    ///< more than half of the window
};

/// The word in AGRONT_STATUS: "scored", "use_pll", ...
AGRONT_EXPORT const char* WordOf(VariantStatus status);

/// One alternative allele. The alleles are spelled as in VCF, in either case, and any spelling of a change will do.
struct Variant {
  std::string sequence;  ///< of the genome; chr1, Chr01 and 1 are one where that is clear
  int64_t start = 0;     ///< of the reference allele, 0-based
  std::string reference;
  std::string alternative;
  int64_t length = 0;  ///< bases behind the first one that <DEL>, <DUP> or <INV> is about; 0 for other alleles
};

/// Natural logarithms, below 0 where the alternative is less likely; NaN where a score is not defined or was not asked
/// for.
struct VariantScores {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  double llr = kNone;
  double llr_f6 = kNone;  ///< with six frames, the mean over all places
  double marginal = kNone;
  double marginal_f6 = kNone;
  double pll = kNone;
};

struct ScoredVariant {
  VariantStatus status = VariantStatus::kScored;
  VariantScores scores;
};

/// Gives variants one by one: fills the variant and returns true, false at the end.
using VariantSource = std::function<bool(Variant&)>;

/// Called in the order of the variants.
using VariantSink = std::function<void(const Variant&, const ScoredVariant&)>;

struct VariantScorerOptions {
  VariantScoring scoring = {};
  int64_t batch_tokens = 2048;  ///< passes are packed together up to this many tokens
};

/// A model beside a genome. Variants whose windows are the same share passes through the model, within a thousand in a
/// row: sorted ones are the fastest. The scores are those that the job Score (score.h) writes. Thread safety: any
/// thread may call it.
class AGRONT_EXPORT VariantScorer {
 public:
  /// The genome is a FASTA file, of which the parts near variants are read. Throws Error for a file that cannot be read
  /// and a model without a language-model head, UsageError for options that do not fit the model or each other.
  VariantScorer(Model model, const std::string& genome, VariantScorerOptions options = {});

  /// The genome is in memory; letters as Encode takes them, but no `<mask>`. Throws also Error for other letters, and
  /// for names that come twice.
  VariantScorer(Model model, std::vector<SequenceRecord> genome, VariantScorerOptions options = {});

  ~VariantScorer();
  VariantScorer(const VariantScorer&);
  VariantScorer(VariantScorer&&) noexcept;
  VariantScorer& operator=(const VariantScorer&);
  VariantScorer& operator=(VariantScorer&&) noexcept;

  /// In the order of the variants. What is wrong with a variant is in its status. Throws Error for a genome that cannot
  /// be read, Stopped when the reporter says stop.
  std::vector<ScoredVariant> Score(std::span<const Variant> variants, Reporter* reporter = nullptr) const;

  /// The same for a stream, in memory that does not grow with it: a thousand variants are read, then scored, then
  /// handed on. `source` and `sink` are called on the thread that calls, and what they throw ends the call.
  void Score(const VariantSource& source, const VariantSink& sink, Reporter* reporter = nullptr) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace agront
