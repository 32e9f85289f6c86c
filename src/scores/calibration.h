// SPDX-License-Identifier: Apache-2.0
// Whether probabilities mean what they say: of the examples predicted with 80 %, four of five should be right.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace agront::scores {

inline constexpr int kCalibrationBins = 15;  ///< Guo, Pleiss, Sun and Weinberger, "On calibration", ICML 2017

/// Examples whose probability falls into one bin.
struct CalibrationBin {
  double count = 0;
  double probability_sum = 0;
  double hits = 0;  ///< examples for which the event came true

  double mean_probability() const { return probability_sum / count; }
  double share() const { return hits / count; }
};

/// Bins of equal width, each with its upper edge: those of scikit-learn's calibration_curve(strategy="uniform").
class Calibration {
 public:
  static int BinOf(double probability);

  void Add(int bin, double probability, bool came_true, double count) {
    bins_[bin].count += count;
    bins_[bin].probability_sum += count * probability;
    bins_[bin].hits += came_true ? count : 0;
  }

  /// Expected calibration error: the mean over examples of |mean probability - share| of their bin. NaN without any.
  double Error() const;

  /// The reliability curve: bins with examples, rising.
  std::vector<CalibrationBin> Bins() const;

 private:
  std::array<CalibrationBin, kCalibrationBins> bins_{};
};

}  // namespace agront::scores
