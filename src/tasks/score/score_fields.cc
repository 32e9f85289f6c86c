// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/score_fields.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "agront/version.h"
#include "tokenizer/vocabulary.h"

namespace agront::tasks {
namespace {

using inference::VariantScoreOptions;

struct Key {
  const char* name;
  double VariantScores::*value;
  bool (*is_asked)(const VariantScoreOptions& options);
  const char* formula;
};

constexpr std::array kKeys = {
    Key{"AGRONT_LLR", &VariantScores::llr, [](const VariantScoreOptions& o) { return o.llr; },
        "ln P(6-mer with ALT) - ln P(6-mer with REF), that 6-mer masked; one place of the 6-mer"},
    Key{"AGRONT_LLR_F6", &VariantScores::llr_f6, [](const VariantScoreOptions& o) { return o.llr && o.all_places; },
        "AGRONT_LLR as the mean over all places of the 6-mer"},
    Key{"AGRONT_MARGINAL", &VariantScores::marginal, [](const VariantScoreOptions& o) { return o.marginal; },
        "ln P(6-mers with the changed bases of ALT) - ln P(6-mers with those of REF), that 6-mer masked; one place of "
        "the 6-mer"},
    Key{"AGRONT_MARGINAL_F6", &VariantScores::marginal_f6,
        [](const VariantScoreOptions& o) { return o.marginal && o.all_places; },
        "AGRONT_MARGINAL as the mean over all places of the 6-mer"},
    Key{"AGRONT_PLL", &VariantScores::pll, [](const VariantScoreOptions& o) { return o.pll; },
        "pseudo-log-likelihood of the 6-mers at the change with ALT, less that with REF"},
};

/// What was chosen beside the formula.
std::string Choices(const Key& key, const VariantScoreOptions& options) {
  if (key.value != &VariantScores::pll)
    return options.shared_masks ? "; every seventh 6-mer of a window is masked" : "";
  std::string text = fmt::format("; {} 6-mers on each side; frames {}", options.flank, options.pll_frames);
  if (options.indel_null > 0)
    text += fmt::format("; of indels, less the mean of {} random ones of their lengths", options.indel_null);
  return text;
}

/// Within quotes of a header line.
std::string Quotable(std::string text) {
  std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
  return text;
}

}  // namespace

std::set<std::string, std::less<>> ScoreKeys() {
  std::set<std::string, std::less<>> names = {kStatusKey};
  for (const Key& key : kKeys) names.emplace(key.name);
  return names;
}

std::vector<std::string> AskedKeys(const ScorePlan& plan) {
  std::vector<std::string> names;
  for (const Key& key : kKeys)
    if (key.is_asked(plan.options)) names.emplace_back(key.name);
  names.emplace_back(kStatusKey);
  return names;
}

std::vector<std::string> HeaderLines(const ScorePlan& plan, const inference::Provenance& provenance) {
  std::string model;
  for (const char* key : {"model_hash", "model_header_sha256", "adapter_hash", "precision"})
    if (const auto at = provenance.find(key); at != provenance.end()) model += fmt::format("; {} {}", key, at->second);
  const std::string how = fmt::format("natural log, mean of both strands, below 0: ALT is less likely; window {} bp{}",
                                      plan.window_bp, Quotable(model));
  const std::string source = fmt::format("Source=\"agront\",Version=\"{}\"", Version());
  std::vector<std::string> lines;
  for (const Key& key : kKeys) {
    if (!key.is_asked(plan.options)) continue;
    lines.push_back(fmt::format("##INFO=<ID={},Number=A,Type=Float,Description=\"{}{}; {}\",{}>", key.name, key.formula,
                                Choices(key, plan.options), how, source));
  }
  lines.push_back(fmt::format(
      "##INFO=<ID={},Number=A,Type=String,Description=\"Whether ALT has all scores (scored), or why not\",{}>",
      kStatusKey, source));
  return lines;
}

VariantStatus StatusOf(const ScorePlan& plan, const genome::Change& change, const VariantScores& scores) {
  const VariantScoreOptions& options = plan.options;
  if (options.pll && std::isnan(scores.pll)) return VariantStatus::kNoWindow;
  if (!options.llr && !options.marginal) return VariantStatus::kScored;
  if (!change.is_substitution() || change.end - change.start > tokenizer::kKmerLength) return VariantStatus::kUsePll;
  return std::isnan(options.llr ? scores.llr : scores.marginal) ? VariantStatus::kNoSixmer : VariantStatus::kScored;
}

std::vector<formats::InfoField> FieldsOf(const ScorePlan& plan, const std::vector<VariantStatus>& statuses,
                                         const std::vector<VariantScores>& scores) {
  std::vector<formats::InfoField> fields;
  if (statuses.empty()) return fields;
  for (const Key& key : kKeys) {
    if (!key.is_asked(plan.options)) continue;
    fields.push_back({.key = key.name, .numbers = {}, .words = {}});
    for (const VariantScores& of_allele : scores)
      fields.back().numbers.push_back(static_cast<float>(of_allele.*key.value));
  }
  fields.push_back({.key = kStatusKey, .numbers = {}, .words = {}});
  for (const VariantStatus status : statuses) fields.back().words.emplace_back(WordOf(status));
  return fields;
}

}  // namespace agront::tasks
