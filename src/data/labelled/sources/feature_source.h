// SPDX-License-Identifier: Apache-2.0
// Windows around the features of a genome, labelled by the file of features or by a table.
#pragma once

#include <memory>

#include "data/labelled/sources/labelled_source.h"

namespace agront::data {

/// BED or GFF3 with a genome. A window on the reverse strand comes as its reverse complement. The id is BED's name (its
/// place when the name is the label) or GFF3's ID, or the input's id column; the group is the chromosome, unless the
/// input says otherwise.
std::unique_ptr<LabelledSource> OpenFeatures(const LabelledInput& input);

}  // namespace agront::data
