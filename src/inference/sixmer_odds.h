// SPDX-License-Identifier: Apache-2.0
// From the logits of one masked 6-mer to how much likelier some bases are there than others.
#pragma once

#include <span>
#include <string_view>

namespace agront::inference {

/// ln P(alternative) - ln P(reference), two 6-mers of A C G T. `logits` are a row over the vocabulary.
double LogRatio(std::span<const float> logits, std::string_view alternative, std::string_view reference);

/// The same of all 6-mers with the bases of one, or of the other, where the two differ, and any bases elsewhere: summed
/// in double, less the largest logit, so that what is improbable is kept. 0 when they are the same.
double MarginalLogRatio(std::span<const float> logits, std::string_view alternative, std::string_view reference);

}  // namespace agront::inference
