// SPDX-License-Identifier: Apache-2.0
#include "agront/variant_scorer.h"

#include <mutex>
#include <optional>
#include <utility>

#include "api/model_access.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/variants/genome_in_memory.h"
#include "formats/sequences/indexed_fasta.h"
#include "inference/start.h"
#include "inference/variant_scorer.h"
#include "tasks/score/group.h"

namespace agront {
namespace {

/// A genome that calls share.
class SharedGenome final : public formats::GenomeSequences {
 public:
  explicit SharedGenome(std::unique_ptr<const formats::GenomeSequences> genome) : genome_(std::move(genome)) {}

  int64_t Length(const std::string& sequence) const override {
    const std::scoped_lock lock(one_call_);
    return genome_->Length(sequence);
  }
  std::string Fetch(const std::string& sequence, int64_t start, int64_t end,
                    formats::LetterCounts& counts) const override {
    const std::scoped_lock lock(one_call_);
    return genome_->Fetch(sequence, start, end, counts);
  }
  std::vector<std::string> Names() const override {
    const std::scoped_lock lock(one_call_);
    return genome_->Names();
  }
  std::vector<std::string> Notes() const override {
    const std::scoped_lock lock(one_call_);
    return genome_->Notes();
  }

 private:
  mutable std::mutex one_call_;
  std::unique_ptr<const formats::GenomeSequences> genome_;
};

formats::VariantRecord RecordOf(const Variant& variant) {
  formats::VariantRecord record;
  record.contig = variant.sequence;
  record.position = variant.start;
  record.reference = variant.reference;
  record.alternatives = {variant.alternative};
  if (variant.length > 0) record.lengths = std::to_string(variant.length);
  return record;
}

}  // namespace

struct VariantScorer::State {
  Model model;
  VariantScorerOptions options;
  SharedGenome genome;
  tasks::ScorePlan plan;

  State(Model of, std::unique_ptr<const formats::GenomeSequences> sequences, VariantScorerOptions how)
      : model(std::move(of)), options(std::move(how)), genome(std::move(sequences)) {
    inference::CheckBatchTokens(options.batch_tokens);
    plan = tasks::PlanOf(options.scoring, options.batch_tokens, model.shape().max_tokens());
    if (plan.has_scores()) ModelAccess::EngineOf(model).ExpectLanguageModel();
  }

  /// `count` is the number of variants, 0 when it is not known.
  void Score(const VariantSource& source, const VariantSink& sink, size_t count, Reporter& reporter) const {
    inference::Engine& engine = ModelAccess::EngineOf(model);
    const ThreadsOfCall threads = ModelAccess::ThreadsOf(model);
    data::GenomeBases bases(genome);
    tasks::ContigNames names(genome.Names());
    std::optional<inference::VariantScorer> scorer;
    if (plan.has_scores()) scorer.emplace(engine, bases, plan.options);
    tasks::GroupScorer groups(plan, bases, names, scorer ? &*scorer : nullptr, /*mismatch_is_error=*/false);
    Progress progress(reporter, "scoring", "variants");
    size_t done = 0;
    const auto update = [&](double more) {
      const double all = static_cast<double>(count);
      progress.Update(static_cast<int64_t>(done), count == 0 ? -1 : (static_cast<double>(done) + more) / all);
    };
    for (bool has_more = true; has_more;) {
      std::vector<Variant> variants;
      tasks::Group group;
      for (Variant variant; group.size() < tasks::kRecordsOfGroup && (has_more = source(variant)); variant = {}) {
        group.push_back({RecordOf(variant), {}, {}, {}, {}});
        group.back().placed = tasks::Place(group.back().record, names, bases, plan.longest());
        variants.push_back(std::move(variant));
      }
      if (scorer && !group.empty()) engine.Load(options.batch_tokens);
      groups.Score(group, [&](double share) { update(share * static_cast<double>(group.size())); });
      for (size_t i = 0; i < group.size(); ++i) sink(variants[i], {group[i].statuses[0], group[i].scores[0]});
      done += group.size();
      update(0);
    }
    progress.End();
    if (const std::string note = names.Note(); !note.empty()) reporter.Note(note);
    for (const std::string& note : genome.Notes()) reporter.Warn(note);
  }
};

VariantScorer::VariantScorer(Model model, const std::string& genome, VariantScorerOptions options)
    : state_(std::make_shared<State>(std::move(model), std::make_unique<formats::IndexedFasta>(genome),
                                     std::move(options))) {}
VariantScorer::VariantScorer(Model model, std::vector<SequenceRecord> genome, VariantScorerOptions options)
    : state_(std::make_shared<State>(std::move(model), std::make_unique<data::GenomeInMemory>(std::move(genome)),
                                     std::move(options))) {}
VariantScorer::~VariantScorer() = default;
VariantScorer::VariantScorer(const VariantScorer&) = default;
VariantScorer::VariantScorer(VariantScorer&&) noexcept = default;
VariantScorer& VariantScorer::operator=(const VariantScorer&) = default;
VariantScorer& VariantScorer::operator=(VariantScorer&&) noexcept = default;

std::vector<ScoredVariant> VariantScorer::Score(std::span<const Variant> variants, Reporter* reporter) const {
  std::vector<ScoredVariant> scored;
  scored.reserve(variants.size());
  size_t next = 0;
  state_->Score(
      [&](Variant& variant) {
        if (next == variants.size()) return false;
        variant = variants[next++];
        return true;
      },
      [&](const Variant& /*of the caller*/, const ScoredVariant& of_variant) { scored.push_back(of_variant); },
      variants.size(), OrSilent(reporter));
  return scored;
}

void VariantScorer::Score(const VariantSource& source, const VariantSink& sink, Reporter* reporter) const {
  state_->Score(source, sink, 0, OrSilent(reporter));
}

}  // namespace agront
