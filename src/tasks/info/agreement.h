// SPDX-License-Identifier: Apache-2.0
// How far two runs of a model over the same sequences agree.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace agront::tasks {

/// The outputs of a model for some sequences.
struct Predictions {
  std::vector<std::vector<float>> embeddings;  ///< of each window
  std::vector<double> log_probabilities;       ///< of the true 6-mer, in nats, for each 6-mer that was masked
  std::vector<int32_t> choices;                ///< the most probable token in its place
};

struct Agreement {
  double least_cosine = 0;  ///< of the two embeddings of a window
  double mean_cosine = 0;
  double spearman = 0;           ///< of the log-probabilities; NaN when all in one run are equal
  double same_choice = 0;        ///< share of the masked 6-mers, 0 to 1
  double log_likelihood = 0;     ///< mean log-probability in the first run
  double likelihood_change = 0;  ///< from the first run's mean log-probability to the other's, in per cent of it
};

/// The limits for the cost of a precision.
inline constexpr double kMostLikelihoodChange = 0.5;  // per cent, either way
inline constexpr double kLeastSpearman = 0.999;

bool IsWithinLimits(const Agreement& agreement);

/// Throws Error unless both runs are of the same windows and 6-mers, at least one each.
Agreement Compare(const Predictions& exact, const Predictions& other);

/// From 1; equal values share the mean of their ranks.
std::vector<double> Ranks(std::span<const double> values);

/// Pearson's correlation of the ranks. NaN when all values of one are equal.
double Spearman(std::span<const double> x, std::span<const double> y);

}  // namespace agront::tasks
