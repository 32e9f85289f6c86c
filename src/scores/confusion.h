// SPDX-License-Identifier: Apache-2.0
// Scores of decisions: which class was true, which was said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agront::scores {

/// Counts of examples by true class (row) and predicted class (column).
class Confusion {
 public:
  explicit Confusion(int64_t classes) : classes_(classes), cells_(static_cast<size_t>(classes * classes)) {}

  void Add(int64_t truth, int64_t predicted, int64_t count) { cells_[truth * classes_ + predicted] += count; }

  int64_t classes() const { return classes_; }
  int64_t at(int64_t truth, int64_t predicted) const { return cells_[truth * classes_ + predicted]; }
  int64_t size() const;                       ///< examples
  int64_t truly(int64_t index) const;         ///< examples of a class
  int64_t predicted_as(int64_t index) const;  ///< examples that were predicted to be of it

 private:
  int64_t classes_;
  std::vector<int64_t> cells_;
};

/// Share of correct predictions. NaN, like the others, without examples.
double Accuracy(const Confusion& confusion);

/// Scores of one class against the rest; 0 instead of a division by 0, as with scikit-learn's zero_division="warn".
double Precision(const Confusion& confusion, int64_t index);
double Recall(const Confusion& confusion, int64_t index);
double F1(const Confusion& confusion, int64_t index);

/// Mean of F1 over the classes that are true or predicted of any example: f1_score(average="macro").
double MacroF1(const Confusion& confusion);

/// Matthews' correlation, of several classes by Gorodkin (2004); 0 when all examples are of one class or all are said
/// to be: matthews_corrcoef.
double Mcc(const Confusion& confusion);

}  // namespace agront::scores
