// SPDX-License-Identifier: Apache-2.0
// One table of all tasks of a benchmark folder.
#pragma once

#include <vector>

#include "agront/finetune.h"
#include "tasks/finetune/benchmark/benchmark_tasks.h"

namespace agront::tasks {

/// Reads metrics.json of each task below the output, and writes benchmark.tsv and report.html there.
void WriteBenchmarkReport(const JobOptions& job, FinetuneMethod method, const std::vector<BenchmarkTask>& tasks);

}  // namespace agront::tasks
