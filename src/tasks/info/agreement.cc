// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/agreement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace agront::tasks {
namespace {

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Cosine(std::span<const float> x, std::span<const float> y) {
  double xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double a = x[i];
    const double b = y[i];
    xy += a * b;
    xx += a * a;
    yy += b * b;
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace

std::vector<double> Ranks(std::span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    const double shared = static_cast<double>(first + 1 + last) / 2;  // the mean of first + 1 .. last
    for (size_t i = first; i < last; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

double Spearman(std::span<const double> x, std::span<const double> y) {
  const std::vector<double> x_ranks = Ranks(x);
  const std::vector<double> y_ranks = Ranks(y);
  const double mean = (static_cast<double>(x.size()) + 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x_ranks.size(); ++i) {
    const double a = x_ranks[i] - mean;
    const double b = y_ranks[i] - mean;
    xy += a * b;
    xx += a * a;
    yy += b * b;
  }
  return xy / std::sqrt(xx * yy);
}

bool IsWithinLimits(const Agreement& agreement) {
  return agreement.spearman >= kLeastSpearman && std::abs(agreement.likelihood_change) <= kMostLikelihoodChange;
}

Agreement Compare(const Predictions& exact, const Predictions& other) {
  const size_t count = exact.choices.size();
  if (exact.embeddings.size() != other.embeddings.size() || exact.embeddings.empty() || count == 0 ||
      other.choices.size() != count || exact.log_probabilities.size() != count ||
      other.log_probabilities.size() != count)
    Fail("agreement: expected two runs of the same windows and 6-mers");
  Agreement agreement;
  std::vector<double> cosines;
  for (size_t i = 0; i < exact.embeddings.size(); ++i)
    cosines.push_back(Cosine(exact.embeddings[i], other.embeddings[i]));
  agreement.least_cosine = std::ranges::min(cosines);
  agreement.mean_cosine = Mean(cosines);
  agreement.spearman = Spearman(exact.log_probabilities, other.log_probabilities);
  size_t same = 0;
  for (size_t i = 0; i < count; ++i) same += exact.choices[i] == other.choices[i] ? 1 : 0;
  agreement.same_choice = static_cast<double>(same) / static_cast<double>(count);
  agreement.log_likelihood = Mean(exact.log_probabilities);
  const double change = Mean(other.log_probabilities) - agreement.log_likelihood;
  agreement.likelihood_change = change == 0 ? 0 : 100 * change / std::abs(agreement.log_likelihood);
  return agreement;
}

}  // namespace agront::tasks
