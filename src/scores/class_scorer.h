// SPDX-License-Identifier: Apache-2.0
// The scores of one class of several.
#pragma once

#include <cstdint>
#include <memory>

#include "scores/confusion.h"
#include "scores/scorer.h"

namespace agront::scores {

std::unique_ptr<Scorer> MakeClassScorer(const LabelledPredictions& predictions);

/// The class with the largest probability, the first of equal ones.
int64_t PredictedClass(const LabelledPredictions& predictions, int64_t example);

/// True and predicted classes; of kBinary the rows and columns are no and yes.
Confusion ConfusionOf(const LabelledPredictions& predictions);

}  // namespace agront::scores
