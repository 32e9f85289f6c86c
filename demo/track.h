// SPDX-License-Identifier: Apache-2.0
// Predictability along a genome, with its genes below.
#pragma once

#include <string>
#include <vector>

#include "kinds.h"
#include "predict.h"
#include "summary.h"

namespace agront::demo {

/// An SVG of several rows, each a part of the genome: the gain of the model over the 6-mer frequencies in nats,
/// smoothed over about half a kilobase, above the genes of both strands.
std::string DrawTrack(const std::vector<Prediction>& predictions, const Baseline& baseline,
                      const std::vector<Feature>& features, int64_t length);

}  // namespace agront::demo
