// SPDX-License-Identifier: Apache-2.0
#include "scores/confusion.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace agront::scores {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double Ratio(const Confusion& confusion, int64_t part, int64_t whole) {
  if (confusion.size() == 0) return kNan;
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

int64_t Confusion::size() const { return std::accumulate(cells_.begin(), cells_.end(), int64_t{0}); }

int64_t Confusion::truly(int64_t index) const {
  int64_t sum = 0;
  for (int64_t other = 0; other < classes_; ++other) sum += at(index, other);
  return sum;
}

int64_t Confusion::predicted_as(int64_t index) const {
  int64_t sum = 0;
  for (int64_t other = 0; other < classes_; ++other) sum += at(other, index);
  return sum;
}

double Accuracy(const Confusion& confusion) {
  int64_t right = 0;
  for (int64_t i = 0; i < confusion.classes(); ++i) right += confusion.at(i, i);
  return Ratio(confusion, right, confusion.size());
}

double Precision(const Confusion& confusion, int64_t index) {
  return Ratio(confusion, confusion.at(index, index), confusion.predicted_as(index));
}

double Recall(const Confusion& confusion, int64_t index) {
  return Ratio(confusion, confusion.at(index, index), confusion.truly(index));
}

double F1(const Confusion& confusion, int64_t index) {
  return Ratio(confusion, 2 * confusion.at(index, index), confusion.truly(index) + confusion.predicted_as(index));
}

double MacroF1(const Confusion& confusion) {
  double sum = 0;
  int64_t there = 0;
  for (int64_t i = 0; i < confusion.classes(); ++i) {
    if (confusion.truly(i) + confusion.predicted_as(i) == 0) continue;
    sum += F1(confusion, i);
    ++there;
  }
  return there == 0 ? kNan : sum / static_cast<double>(there);
}

double Mcc(const Confusion& confusion) {
  const auto size = static_cast<double>(confusion.size());
  if (size == 0) return kNan;
  double right = 0, products = 0, truth_squares = 0, predicted_squares = 0;
  for (int64_t i = 0; i < confusion.classes(); ++i) {
    const auto truly = static_cast<double>(confusion.truly(i));
    const auto predicted = static_cast<double>(confusion.predicted_as(i));
    right += static_cast<double>(confusion.at(i, i));
    products += truly * predicted;
    truth_squares += truly * truly;
    predicted_squares += predicted * predicted;
  }
  const double spread = (size * size - truth_squares) * (size * size - predicted_squares);
  return spread == 0 ? 0 : (right * size - products) / std::sqrt(spread);
}

}  // namespace agront::scores
