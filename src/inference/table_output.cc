// SPDX-License-Identifier: Apache-2.0
#include "inference/table_output.h"

#include "base/error.h"

namespace agront::inference {

formats::TableOptions TableOptionsOf(const JobOptions& job, const Provenance& provenance) {
  return {.overwrite = job.force, .reporter = job.reporter, .provenance = provenance, .place = job.provenance};
}

std::vector<std::string> ColumnsOfBases(const char* name, bool has_regions, const std::vector<std::string>& values) {
  std::vector<std::string> columns = {name};
  if (has_regions) columns.insert(columns.end(), {"chrom", "start", "end", "strand"});
  columns.insert(columns.end(), {"record_start", "record_end"});
  columns.insert(columns.end(), values.begin(), values.end());
  return columns;
}

void WriteBases(formats::TableWriter& table, std::string_view name, const genome::Placement* placement, int64_t start,
                int64_t end) {
  table.Text(name);
  if (placement != nullptr) {
    const genome::Region region = placement->Of(start, end);
    table.Text(region.sequence);
    table.Integer(region.start);
    table.Integer(region.end);
    table.Text(region.reverse ? "-" : "+");
  }
  table.Integer(start);
  table.Integer(end);
}

void WriteRows(const formats::TableWriter& table, const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (!table.is_stream() || table.records() == 0) throw;
    Fail("{}; {} {} written before", error.what(), table.records(),
         table.records() == 1 ? "record was" : "records were");
  }
}

}  // namespace agront::inference
