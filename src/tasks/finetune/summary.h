// SPDX-License-Identifier: Apache-2.0
// The scores of several runs (seeds, folds) as one.
#pragma once

#include <string>
#include <vector>

namespace agront::tasks {

/// Reads metrics.json of each folder and writes that of `output`: the mean of each number under "test" and "valid", and
/// its standard deviation over the runs as NAME_deviation; where a run has none, over the others. Throws Error.
void SummarizeRuns(const std::vector<std::string>& folders, const std::string& output);

}  // namespace agront::tasks
