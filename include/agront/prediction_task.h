// SPDX-License-Identifier: Apache-2.0
// The kinds of predictions of a fine-tuned model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agront {

enum class TaskKind {
  kBinary,      ///< one label, 0 or 1
  kMulticlass,  ///< one class of several
  kMultilabel,  ///< several labels, each 0, 1 or missing
  kRegression,  ///< one number or several, each of which may be missing
  kToken,       ///< one class of several for every base, by way of its token
};

struct PredictionTask {
  TaskKind kind = TaskKind::kBinary;
  /// kMulticlass, kToken: the classes, in the order of their indices; else the labels or numbers. What the model gives
  /// for a sequence (for kToken: a token): a probability each, but for kRegression.
  std::vector<std::string> outputs;
  /// kBinary: the labels for 0 and for 1, where they are other than 0 and 1; else empty. That for 0 is empty where it
  /// is not known, as in models of version 0.1.
  std::vector<std::string> binary_words = {};

  int64_t num_outputs() const { return static_cast<int64_t>(outputs.size()); }
  /// Values that say what is true of an example: a class is one index; kToken has a string of classes instead.
  int64_t num_labels() const {
    return kind == TaskKind::kMulticlass ? 1 : kind == TaskKind::kToken ? 0 : num_outputs();
  }

  bool operator==(const PredictionTask&) const = default;
};

}  // namespace agront
