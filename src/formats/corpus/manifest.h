// SPDX-License-Identifier: Apache-2.0
// The manifest of a corpus: a table of genomes, by tabs, with the header `species fasta regions weight` in any order
// and perhaps a fifth column `repeats`. Empty lines and lines that begin with # are passed over, but a header may stand
// behind a #. Blanks around a field are no part of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace agront::formats {

struct ManifestRow {
  std::string place;    ///< "manifest.tsv:3", for messages
  std::string species;  ///< unique
  std::string fasta;    ///< an existing file, as all paths here: relative ones count from the manifest's folder
  std::string regions;  ///< BED or GFF3; empty for "."
  std::string repeats;  ///< BED or GFF3; empty for ".": lower-case bases
  std::optional<double> weight;  ///< above 0; all rows have one or none has
};

/// Throws Error with file and line for a column that is unknown, missing or there twice, a row of another length, a
/// species named twice, a file that does not exist, a weight that is no number above 0 or is left out in some rows
/// only, and for a table without rows.
std::vector<ManifestRow> ReadManifest(const std::string& path);

}  // namespace agront::formats
