// SPDX-License-Identifier: Apache-2.0
#include "scores/regression.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace agront::scores {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Extremes {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  void Add(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  bool are_equal() const { return least >= most; }
};

double Correlation(double products, double x_squares, double y_squares) {
  return std::clamp(products / std::sqrt(x_squares) / std::sqrt(y_squares), -1.0, 1.0);
}

/// Calls use(place, rank) for places in their order. Ranks count from 1, in a list where each example stands as often
/// as it counts; they are doubled, so that those of ties, their mean, are whole.
template <class Places, class Use>
void EachRank(const Places& places, Counts counts, const Use& use) {
  uint32_t before = 0, tied = 0;
  size_t first = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    tied += counts[places[i].example];
    if (!places[i].ends_tie) continue;
    const uint32_t rank = 2 * before + tied + 1;
    for (; first <= i; ++first) use(places[first], rank);
    before += tied;
    tied = 0;
  }
}

}  // namespace

NumberPairs::NumberPairs(std::span<const double> labels, std::span<const double> predictions) {
  for (size_t i = 0; i < labels.size(); ++i)
    if (!std::isnan(labels[i])) pairs_.push_back({static_cast<uint32_t>(i), labels[i], predictions[i]});
  const auto order_by = [this](double Pair::*value) {
    std::vector<uint32_t> order(pairs_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) { return pairs_[a].*value < pairs_[b].*value; });
    std::vector<Place> places;
    for (size_t i = 0; i < order.size(); ++i)
      places.push_back({pairs_[order[i]].example, order[i],
                        i + 1 == order.size() || pairs_[order[i]].*value < pairs_[order[i + 1]].*value});
    return places;
  };
  std::ranges::stable_sort(pairs_, {}, &Pair::label);
  label_order_ = order_by(&Pair::label);
  prediction_order_ = order_by(&Pair::prediction);
}

double NumberPairs::RankCorrelation(Counts counts, double total) const {
  const double mean = total + 1;
  std::vector<uint32_t> label_ranks(pairs_.size());
  double products = 0, label_squares = 0, prediction_squares = 0;
  EachRank(label_order_, counts, [&](const Place& place, uint32_t rank) {
    label_ranks[place.by_label] = rank;
    label_squares += counts[place.example] * (rank - mean) * (rank - mean);
  });
  EachRank(prediction_order_, counts, [&](const Place& place, uint32_t rank) {
    const Count count = counts[place.example];
    products += count * (rank - mean) * (label_ranks[place.by_label] - mean);
    prediction_squares += count * (rank - mean) * (rank - mean);
  });
  return Correlation(products, label_squares, prediction_squares);
}

NumberScores NumberPairs::Scores(Counts counts) const {
  double total = 0, label_sum = 0, prediction_sum = 0, squares = 0, absolutes = 0;
  Extremes labels, predictions;
  for (const Pair& pair : pairs_) {
    const Count count = counts[pair.example];
    if (count == 0) continue;
    const double error = pair.label - pair.prediction;
    total += count;
    label_sum += count * pair.label;
    prediction_sum += count * pair.prediction;
    squares += count * error * error;
    absolutes += count * std::abs(error);
    labels.Add(pair.label);
    predictions.Add(pair.prediction);
  }
  NumberScores scores = {kNan, kNan, kNan, kNan, kNan};
  if (total == 0) return scores;
  scores.mse = squares / total;
  scores.mae = absolutes / total;

  const double label_mean = label_sum / total;
  const double prediction_mean = prediction_sum / total;
  double products = 0, label_squares = 0, prediction_squares = 0;
  for (const Pair& pair : pairs_) {
    const Count count = counts[pair.example];
    const double label = pair.label - label_mean;
    const double prediction = pair.prediction - prediction_mean;
    products += count * label * prediction;
    label_squares += count * label * label;
    prediction_squares += count * prediction * prediction;
  }
  if (total >= 2) scores.r2 = !labels.are_equal() ? 1 - squares / label_squares : squares == 0 ? 1 : 0;
  if (!labels.are_equal() && !predictions.are_equal()) {
    scores.pearson = Correlation(products, label_squares, prediction_squares);
    scores.spearman = RankCorrelation(counts, total);
  }
  return scores;
}

}  // namespace agront::scores
