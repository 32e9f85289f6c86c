// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/split_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "genome/nucleotide.h"
#include "scores/ranking.h"
#include "scores/regression.h"

namespace agront::tasks {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool HasClasses(const PredictionTask& task) {
  return task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken;
}

/// The label of an output: as it is, or 1 for examples of that class.
std::vector<double> LabelsOf(const PredictionTask& task, const baselines::LabelledSequences& set, int64_t output) {
  std::vector<double> labels;
  for (int64_t i = 0; i < set.size; ++i) {
    const double label = HasClasses(task) ? set.labels[i] : set.labels[i * task.num_outputs() + output];
    labels.push_back(HasClasses(task) && !std::isnan(label) ? (label == static_cast<double>(output) ? 1 : 0) : label);
  }
  return labels;
}

double Tells(const PredictionTask& task, const std::vector<double>& labels, const std::vector<double>& property) {
  const std::vector<scores::Count> once(labels.size(), 1);
  if (task.kind == TaskKind::kRegression) return std::abs(scores::NumberPairs(labels, property).Scores(once).spearman);
  const double auroc = scores::Ranking(labels, property).Scores(once).auroc;
  return std::isnan(auroc) ? auroc : std::max(auroc, 1 - auroc);
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  int64_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? kNan : sum / static_cast<double>(count);
}

}  // namespace

SplitSummary Summarize(const std::string& name, const PredictionTask& task, const baselines::LabelledSequences& set) {
  SplitSummary summary;
  summary.name = name;
  summary.examples = set.size;
  std::vector<double> lengths, shares;
  genome::GcCount all;
  for (int64_t i = 0; i < set.size; ++i) {
    const std::string bases = set.bases(i);
    lengths.push_back(static_cast<double>(bases.size()));
    const genome::GcCount here = genome::CountGc(bases);
    shares.push_back(here.share());
    all.gc += here.gc;
    all.known += here.known;
  }
  if (set.size > 0) {
    const auto [shortest, longest] = std::ranges::minmax(lengths);
    summary.shortest = static_cast<int64_t>(shortest);
    summary.longest = static_cast<int64_t>(longest);
    summary.mean_length = Mean(lengths);
  }
  summary.gc = all.share();
  // Without a known base there is no share, but they have to have an order.
  std::ranges::replace_if(
      shares, [](double share) { return std::isnan(share); }, 0.0);
  summary.missing_labels = std::ranges::count_if(set.labels, [](double label) { return std::isnan(label); });
  summary.length_tells = summary.gc_tells = kNan;
  for (int64_t output = 0; output < task.num_outputs(); ++output) {
    const std::vector<double> labels = LabelsOf(task, set, output);
    summary.label_values.push_back(Mean(labels));
    summary.length_tells = std::fmax(summary.length_tells, Tells(task, labels, lengths));
    summary.gc_tells = std::fmax(summary.gc_tells, Tells(task, labels, shares));
  }
  return summary;
}

}  // namespace agront::tasks
