// SPDX-License-Identifier: Apache-2.0
// Windows of a genome with the class of every base.
#pragma once

#include <memory>

#include "data/labelled/sources/labelled_source.h"

namespace agront::data {

/// The regions of `path`, or whole sequences, cut into windows side by side or by a stride; the last of a region may be
/// shorter. Classes as in IntervalClasses; windows of nothing but N are left out. On the reverse strand bases and
/// classes are read backwards. The group is the chromosome, the id the place.
std::unique_ptr<LabelledSource> OpenTokenWindows(const LabelledInput& input);

}  // namespace agront::data
