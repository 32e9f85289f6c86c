// SPDX-License-Identifier: Apache-2.0
// Masking every 6-mer of a genome once, and embedding its windows.
#pragma once

#include <agront/model.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace agront::demo {

/// One 6-mer that was masked.
struct Prediction {
  int64_t start;           ///< of the 6-mer, 0-based
  int32_t token;           ///< its id
  double log_probability;  ///< natural logarithm of what the model gave it
  bool correct;            ///< whether the model gave it more than any other token
};

/// In the order of the genome. Windows of the model's length one after the other; in pass j of 7 the tokens with index
/// i, i mod 7 = j are masked together, as `agront unmask --every` does. `progress` is called with 0 to 1.
std::vector<Prediction> PredictEverySixmer(const Model& model, const std::string& bases,
                                           const std::function<void(double)>& progress);

/// The mean embedding of each window of `window` bases, last layer, without <cls>; [windows, channels].
Values EmbedWindows(const Model& model, const std::string& bases, int64_t window);

}  // namespace agront::demo
