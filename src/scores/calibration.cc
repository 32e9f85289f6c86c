// SPDX-License-Identifier: Apache-2.0
#include "scores/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace agront::scores {

int Calibration::BinOf(double probability) {
  constexpr double kWidth = 1.0 / kCalibrationBins;
  const int near = std::clamp(static_cast<int>(probability * kCalibrationBins), 0, kCalibrationBins - 1);
  // Rounding may have gone over an edge; the edges themselves are the products that NumPy's linspace gives.
  for (int bin = std::max(near - 1, 0); bin < kCalibrationBins - 1; ++bin)
    if (probability <= (bin + 1) * kWidth) return bin;
  return kCalibrationBins - 1;
}

double Calibration::Error() const {
  double count = 0, sum = 0;
  for (const CalibrationBin& bin : bins_) {
    count += bin.count;
    sum += std::abs(bin.probability_sum - bin.hits);
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

std::vector<CalibrationBin> Calibration::Bins() const {
  std::vector<CalibrationBin> filled;
  std::ranges::copy_if(bins_, std::back_inserter(filled), [](const CalibrationBin& bin) { return bin.count > 0; });
  return filled;
}

}  // namespace agront::scores
