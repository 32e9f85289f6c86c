// SPDX-License-Identifier: Apache-2.0
// The hash of a model's weights, as they go by: the same for a file, a model in training and one that is being written.
#pragma once

#include <span>
#include <string>

#include "base/sha256.h"
#include "model/parameters/parameters.h"

namespace agront::model {

/// SHA-256 over all parameters in the order of Parameters(): for each "name rows cols\n" (cols 0 for a vector) and its
/// values, row by row, as little-endian float32.
class ModelHasher {
 public:
  /// The values of `parameter` follow.
  void Begin(const Parameter& parameter);
  void Add(std::span<const float> values);
  /// In hexadecimal digits. Nothing is added afterwards.
  std::string Hex();

 private:
  Sha256 hash_;
};

}  // namespace agront::model
