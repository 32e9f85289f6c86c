// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/confounders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "data/labelled/label_encoder.h"
#include "formats/printable.h"
#include "genome/nucleotide.h"
#include "scores/ranking.h"
#include "scores/regression.h"

namespace agront::data {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Hanley and McNeil's standard error at 0.5: sqrt((n + 1) / (12 positives negatives)).
void Auroc(std::span<const double> values, std::span<const double> labels, Confounder& found) {
  found.statistic = "AUROC";
  const std::vector<scores::Count> once(labels.size(), 1);
  found.value = scores::Ranking(labels, values).Scores(once).auroc;
  const auto count = static_cast<double>(labels.size());
  const auto positives = static_cast<double>(std::ranges::count(labels, 1));
  const double distance = std::abs(found.value - 0.5);
  found.separates = distance > 0.1 && distance > 3 * std::sqrt((count + 1) / (12 * positives * (count - positives)));
}

void Spearman(std::span<const double> values, std::span<const double> labels, Confounder& found) {
  found.statistic = "Spearman";
  const std::vector<scores::Count> once(labels.size(), 1);
  found.value = scores::NumberPairs(labels, values).Scores(once).spearman;
  const auto count = static_cast<double>(labels.size());
  found.separates = std::abs(found.value) > 0.2 && std::abs(found.value) > 3 / std::sqrt(count - 1);
}

/// "AUROC 0.650 (low GC speaks for it)", "for 1" where the label has no name: a simple model would turn an AUROC below
/// 0.5.
std::string ValueText(const Confounder& found) {
  if (found.statistic != "AUROC" || found.value >= 0.5) return fmt::format("{} {:.3f}", found.statistic, found.value);
  return fmt::format("{} {:.3f} ({} speaks for {})", found.statistic, 1 - found.value,
                     found.property == "length" ? "a short sequence" : "low " + found.property,
                     found.output == kUnnamedLabel ? "1" : "it");
}

}  // namespace

std::vector<Confounder> FindConfounders(const LabelledSet& set, std::span<const int64_t> examples) {
  const PredictionTask& task = set.task();
  std::vector<Confounder> confounders;
  if (task.kind == TaskKind::kToken) return confounders;
  std::vector<double> lengths;
  std::vector<double> gc_shares;
  for (const int64_t example : examples) {
    lengths.push_back(static_cast<double>(set.length(example)));
    gc_shares.push_back(genome::CountGc(set.Bases(example)).share());
  }
  for (size_t output = 0; output < task.outputs.size(); ++output)
    for (const auto& [property, all] : {std::pair{"length", &lengths}, std::pair{"GC", &gc_shares}}) {
      std::vector<double> values;
      std::vector<double> labels;
      for (size_t i = 0; i < examples.size(); ++i) {
        const std::span<const float> of_example = set.labels(examples[i]);
        const double label =
            task.kind == TaskKind::kMulticlass ? of_example[0] == static_cast<float>(output) : of_example[output];
        if (std::isnan(label) || std::isnan((*all)[i])) continue;
        values.push_back((*all)[i]);
        labels.push_back(label);
      }
      Confounder found{property, task.outputs[output], "", kUnknown, false};
      if (task.kind == TaskKind::kRegression)
        Spearman(values, labels, found);
      else
        Auroc(values, labels, found);
      confounders.push_back(std::move(found));
    }
  return confounders;
}

std::vector<std::string> Describe(const std::vector<Confounder>& confounders) {
  std::vector<std::string> sentences;
  for (const Confounder& found : confounders)
    if (found.separates)
      sentences.push_back(fmt::format("{} alone predicts {}: {}", found.property,
                                      LabelInWords(formats::Printable(found.output)), ValueText(found)));
  return sentences;
}

}  // namespace agront::data
