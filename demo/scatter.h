// SPDX-License-Identifier: Apache-2.0
// Windows of the genome as points, coloured by kind.
#pragma once

#include <string>
#include <vector>

#include "kinds.h"
#include "projection.h"

namespace agront::demo {

/// An SVG with a legend. Point i is window i of `window` bases and has kinds[i].
std::string DrawScatter(const Projection& projection, const std::vector<Kind>& kinds, int64_t window);

}  // namespace agront::demo
