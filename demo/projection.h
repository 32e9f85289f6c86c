// SPDX-License-Identifier: Apache-2.0
// Many channels seen in two dimensions.
#pragma once

#include <agront/model.h>

#include <array>
#include <vector>

namespace agront::demo {

struct Projection {
  std::vector<std::array<double, 2>> points;
  std::array<double, 2> explained;  ///< share of the variance along each axis
};

/// The first two principal components of the rows, each channel centred.
Projection PrincipalComponents(const Values& rows);

}  // namespace agront::demo
