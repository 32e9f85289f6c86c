// SPDX-License-Identifier: Apache-2.0
// Scores of all substitutions at the beginning of a gene.
#pragma once

#include <agront/model.h>
#include <agront/sequences.h>

#include <string>

#include "kinds.h"

namespace agront::demo {

/// An SVG: a column for each base around the first codon of the feature, on its strand, a row for each base that it may
/// become.
std::string DrawVariants(const Model& model, const SequenceRecord& genome, const Feature& gene);

}  // namespace agront::demo
