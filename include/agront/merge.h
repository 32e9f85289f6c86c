// SPDX-License-Identifier: Apache-2.0
// The job `agront merge`: the parts that the shards of `agront score` wrote, as one file.
#pragma once

#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/reporter.h"

namespace agront {

struct MergeOptions {
  std::vector<std::string> parts;  ///< files that Score wrote with ScoreOptions::shards, in any order
  std::string output;              ///< of their format
  std::string report;              ///< as ScoreOptions::report
  bool force = false;              ///< overwrite the output
  std::string command_line;        ///< recorded in OUT.json
  Reporter* reporter = nullptr;    ///< lives as long as the call; null: the job says nothing
};

/// Writes the bytes that one run would have written, OUT.json and the index. The parts stay. Throws UsageError for an
/// output of another format, Error when a part is missing, given twice, damaged or of another job, and for output that
/// cannot be written, Stopped when the reporter says stop. Any thread may call it.
AGRONT_EXPORT void MergeVariants(const MergeOptions& options);

}  // namespace agront
