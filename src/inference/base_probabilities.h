// SPDX-License-Identifier: Apache-2.0
// From probabilities of 6-mers to probabilities of bases.
#pragma once

#include <array>
#include <span>

namespace agront::inference {

/// [position in the 6-mer][A, C, G, T]: the probability of all 6-mers with that base there, divided by the
/// probability of all 6-mers. `probabilities` are over the whole vocabulary.
std::array<std::array<double, 4>, 6> BaseProbabilities(std::span<const float> probabilities);

}  // namespace agront::inference
