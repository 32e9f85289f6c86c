// SPDX-License-Identifier: Apache-2.0
// The report of a corpus: what was read, what each filter took away, what is left.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/corpus/genome_windows.h"

namespace agront {

/// Writes a table: a row for each species and stage, and for all species together (species ".").
void WriteCorpusTable(const std::string& path, const std::map<std::string, std::string>& provenance,
                      const std::vector<data::GenomeSummary>& genomes);

/// A page that needs no other file.
std::string CorpusPage(const std::map<std::string, std::string>& settings,
                       const std::map<std::string, std::string>& provenance,
                       const std::vector<data::GenomeSummary>& genomes);

}  // namespace agront
