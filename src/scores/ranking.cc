// SPDX-License-Identifier: Apache-2.0
#include "scores/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace agront::scores {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Ranking::Ranking(std::span<const double> labels, std::span<const double> predictions, double positive) {
  for (size_t i = 0; i < labels.size(); ++i)
    if (!std::isnan(labels[i]))
      places_.push_back({static_cast<uint32_t>(i), labels[i] == positive, /*ends_tie=*/false});
  std::ranges::sort(places_, [&](const Place& a, const Place& b) {
    return predictions[a.example] != predictions[b.example] ? predictions[a.example] > predictions[b.example]
                                                            : a.example < b.example;
  });
  for (const Place& place : places_) thresholds_.push_back(predictions[place.example]);
  for (size_t i = 0; i < places_.size(); ++i)
    places_[i].ends_tie = i + 1 == places_.size() || thresholds_[i + 1] < thresholds_[i];
}

RankingScores Ranking::Scores(Counts counts) const {
  // Counts of the ties seen so far, and of the current one.
  uint64_t positives = 0, negatives = 0;
  uint64_t tied_positives = 0, tied_negatives = 0;
  double pairs_won = 0;      // pairs of a positive and a negative
  double precision_sum = 0;  // precision, once for each positive
  for (const Place& place : places_) {
    const uint64_t count = counts[place.example];
    tied_positives += place.is_positive ? count : 0;
    tied_negatives += place.is_positive ? 0 : count;
    if (!place.ends_tie || tied_positives + tied_negatives == 0) continue;
    pairs_won += static_cast<double>(tied_negatives) *
                 (static_cast<double>(positives) + 0.5 * static_cast<double>(tied_positives));
    positives += tied_positives;
    negatives += tied_negatives;
    precision_sum += static_cast<double>(tied_positives) * static_cast<double>(positives) /
                     static_cast<double>(positives + negatives);
    tied_positives = tied_negatives = 0;
  }
  if (positives + negatives == 0) return {kNan, kNan};
  const auto num_positives = static_cast<double>(positives);
  return {.auroc = positives == 0 || negatives == 0 ? kNan : pairs_won / num_positives / static_cast<double>(negatives),
          .auprc = positives == 0 ? 0 : precision_sum / num_positives};
}

std::vector<Ranking::Cumulative> Ranking::CumulativeCounts() const {
  std::vector<Cumulative> points;
  double positives = 0, negatives = 0;
  for (size_t i = 0; i < places_.size(); ++i) {
    (places_[i].is_positive ? positives : negatives) += 1;
    if (places_[i].ends_tie) points.push_back({positives, negatives, thresholds_[i]});
  }
  return points;
}

ThresholdCurve Ranking::Roc() const {
  const std::vector<Cumulative> all = CumulativeCounts();
  std::vector<Cumulative> corners = {{0, 0, std::numeric_limits<double>::infinity()}};
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_corner =
        i == 0 || i + 1 == all.size() ||
        all[i + 1].true_positives - all[i].true_positives != all[i].true_positives - all[i - 1].true_positives ||
        all[i + 1].false_positives - all[i].false_positives != all[i].false_positives - all[i - 1].false_positives;
    if (is_corner) corners.push_back(all[i]);
  }
  const Cumulative& last = corners.back();
  ThresholdCurve curve;
  for (const Cumulative& point : corners) {
    curve.x.push_back(last.false_positives > 0 ? point.false_positives / last.false_positives : kNan);
    curve.y.push_back(last.true_positives > 0 ? point.true_positives / last.true_positives : kNan);
    curve.thresholds.push_back(point.threshold);
  }
  return curve;
}

ThresholdCurve Ranking::PrecisionRecall() const {
  const std::vector<Cumulative> all = CumulativeCounts();
  ThresholdCurve curve = {{0}, {1}, {std::numeric_limits<double>::infinity()}};
  for (const Cumulative& point : all) {
    const double total = all.back().true_positives;
    curve.x.push_back(total > 0 ? point.true_positives / total : 1);
    curve.y.push_back(point.true_positives / (point.true_positives + point.false_positives));
    curve.thresholds.push_back(point.threshold);
  }
  return curve;
}

}  // namespace agront::scores
