// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/confounders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "formats/printable.h"

namespace agront::data {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Ranks from 1; equal values share their middle rank.
std::vector<double> Ranks(std::span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (size_t i = 0; i < order.size();) {
    size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (size_t j = i; j < end; ++j) ranks[order[j]] = 0.5 * static_cast<double>(i + end + 1);
    i = end;
  }
  return ranks;
}

/// Mann and Whitney's U over the number of pairs, and whether it is far from what chance gives (Hanley and McNeil's
/// standard error at 0.5: sqrt((n + 1) / (12 positives negatives))).
void Auroc(std::span<const double> values, std::span<const double> labels, Confounder& found) {
  found.statistic = "AUROC";
  const std::vector<double> ranks = Ranks(values);
  double positives = 0;
  double sum = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    positives += labels[i];
    sum += labels[i] * ranks[i];
  }
  const auto count = static_cast<double>(labels.size());
  const double negatives = count - positives;
  if (positives == 0 || negatives == 0) return;
  found.value = (sum - positives * (positives + 1) / 2) / (positives * negatives);
  const double distance = std::abs(found.value - 0.5);
  found.separates = distance > 0.1 && distance > 3 * std::sqrt((count + 1) / (12 * positives * negatives));
}

void Spearman(std::span<const double> values, std::span<const double> labels, Confounder& found) {
  found.statistic = "Spearman";
  const std::vector<double> x = Ranks(values);
  const std::vector<double> y = Ranks(labels);
  const auto count = static_cast<double>(x.size());
  const double mean = (count + 1) / 2;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
    xy += (x[i] - mean) * (y[i] - mean);
  }
  if (xx == 0 || yy == 0) return;
  found.value = xy / std::sqrt(xx * yy);
  found.separates = std::abs(found.value) > 0.2 && std::abs(found.value) > 3 / std::sqrt(count - 1);
}

double GcShare(const std::string& bases) {
  const auto gc = std::ranges::count_if(bases, [](char c) { return c == 'G' || c == 'C'; });
  const auto at = std::ranges::count_if(bases, [](char c) { return c == 'A' || c == 'T'; });
  return gc + at == 0 ? kUnknown : static_cast<double>(gc) / static_cast<double>(gc + at);
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
    gc_shares.push_back(GcShare(set.Bases(example)));
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
      sentences.push_back(fmt::format("{} alone tells {}: {} {:.3f}", found.property, formats::Printable(found.output),
                                      found.statistic, found.value));
  return sentences;
}

}  // namespace agront::data
