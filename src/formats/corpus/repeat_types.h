// SPDX-License-Identifier: Apache-2.0
// Which lines of a GFF3 file of repeats are repeats. Such files mix families of transposons with genes, centromeres,
// whole chromosomes: none is chosen without a word.
#pragma once

#include <string>
#include <vector>

#include "formats/corpus/manifest.h"

namespace agront::formats {

/// Compares the types that were asked for, separated by commas, with those that the rows' GFF3 files of repeats have;
/// each of these files is read once. BED files have no types. Throws Error, naming row, file, types and their numbers,
/// when none was asked for and a file has several, when a file has none of those asked for, and when no file has one of
/// them; UsageError when no row has repeats in GFF3, and for a comma without a type.
void CheckRepeatTypes(const std::vector<ManifestRow>& rows, const std::string& list);

}  // namespace agront::formats
