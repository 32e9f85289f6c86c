// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>
#include <string_view>

#include "formats/tables/table_writer.h"
#include "tasks/corpus/report.h"

namespace agront {
namespace {

double Share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : std::numeric_limits<double>::quiet_NaN();
}

void WriteStages(std::string_view species, const std::array<data::Composition, data::kNumStages>& stages,
                 formats::TableWriter& table) {
  constexpr int kDigits = 6;
  for (size_t stage = 0; stage < data::kNumStages; ++stage) {
    const data::Composition& of = stages[stage];
    table.Text(species);
    table.Text(data::StageName(stage));
    for (const int64_t count : {of.windows, of.bases, of.unknown}) table.Integer(count);
    table.Number(Share(of.gc, of.known()), kDigits);
    table.Number(Share(of.repeats, of.bases), kDigits);
    table.EndRow();
  }
}

}  // namespace

void WriteCorpusTable(const std::string& path, const std::map<std::string, std::string>& provenance,
                      const std::vector<data::GenomeSummary>& genomes) {
  formats::TableWriter table(path, {"species", "stage", "windows", "bases", "n", "gc", "repeats"},
                             {.overwrite = false, .provenance = provenance});
  std::array<data::Composition, data::kNumStages> all;
  for (const data::GenomeSummary& genome : genomes) {
    WriteStages(genome.species, genome.stages, table);
    for (size_t stage = 0; stage < data::kNumStages; ++stage) all[stage] += genome.stages[stage];
  }
  // A species may have any name, so the sum is marked by what no name is.
  WriteStages(".", all, table);
  table.Commit();
}

}  // namespace agront
