// SPDX-License-Identifier: Apache-2.0
// Tables of jobs: which bases a row stands for, and what the table was made from.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agront/job.h"
#include "formats/tables/table_writer.h"
#include "genome/placement.h"
#include "inference/provenance.h"

namespace agront::inference {

/// How a job writes its table.
formats::TableOptions TableOptionsOf(const JobOptions& job, const Provenance& provenance);

/// The columns of a table whose rows stand for bases of records: `name` (of the record), for regions of a genome their
/// place there, the place in the record, then `values`.
std::vector<std::string> ColumnsOfBases(const char* name, bool has_regions, const std::vector<std::string>& values);

/// The cells of these columns for bases [start, end) of a record, but for the values. `placement` is that of the
/// record, null without regions.
void WriteBases(formats::TableWriter& table, std::string_view name, const genome::Placement* placement, int64_t start,
                int64_t end);

/// Does `work`, which writes `table`. An error after rows went to standard output says how many records are there.
void WriteRows(const formats::TableWriter& table, const std::function<void()>& work);

}  // namespace agront::inference
