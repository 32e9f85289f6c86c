// SPDX-License-Identifier: Apache-2.0
#include "inference/provenance.h"
#include "tasks/corpus/report.h"

namespace agront {
namespace {

std::string Share(int64_t part, int64_t whole) {
  return whole > 0 ? fmt::format("{:.6f}", static_cast<double>(part) / static_cast<double>(whole)) : "NA";
}

std::string Rows(const std::string& species, const std::array<data::Composition, data::kNumStages>& stages) {
  std::string rows;
  for (size_t stage = 0; stage < data::kNumStages; ++stage) {
    const data::Composition& of = stages[stage];
    rows += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", species, data::StageName(stage), of.windows, of.bases,
                        of.unknown, Share(of.gc, of.known()), Share(of.repeats, of.bases));
  }
  return rows;
}

}  // namespace

std::string CorpusTable(const std::map<std::string, std::string>& provenance,
                        const std::vector<data::GenomeSummary>& genomes) {
  std::string table = inference::TableLines(provenance) + "#species\tstage\twindows\tbases\tn\tgc\trepeats\n";
  std::array<data::Composition, data::kNumStages> all;
  for (const data::GenomeSummary& genome : genomes) {
    table += Rows(genome.species, genome.stages);
    for (size_t stage = 0; stage < data::kNumStages; ++stage) all[stage] += genome.stages[stage];
  }
  // A species may have any name, so the sum is marked by what no name is.
  return table + Rows(".", all);
}

}  // namespace agront
