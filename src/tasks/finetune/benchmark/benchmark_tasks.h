// SPDX-License-Identifier: Apache-2.0
// The tasks of a folder in the layout of the Plants Genomic Benchmark (hub dataset
// InstaDeepAI/plant-genomic-benchmark): TASK/SPECIES_{train,validation,test}.fa, plain or compressed.
#pragma once

#include <string>
#include <vector>

#include "agront/finetune.h"
#include "agront/prediction_task.h"

namespace agront::tasks {

struct BenchmarkTask {
  std::string name;  ///< "promoter_strength.leaf"
  TaskKind kind = TaskKind::kBinary;
  std::string train, valid, test;  ///< files; `valid` is empty where the benchmark has none
  std::string score;               ///< the one that the article gives: "auroc", "r2"
  /// AgroNT's figures as published (Mendoza-Revilla et al. 2024, source data of the figures), where we know them.
  std::string published;
};

/// By name. Folders without such files (Figures, ISM_Tables) are none; throws Error for a task that is not known, a set
/// without a training or test file, or a folder without any.
std::vector<BenchmarkTask> FindBenchmarkTasks(const std::string& folder);

/// The settled options of each task, in their order: a folder of its own below the output, its files,
/// --transform only where it has numbers and --class-weights only where it has classes. All are checked: throws
/// UsageError for options that a task does not take, and for one of those two that no task takes.
std::vector<FinetuneOptions> OptionsOfTasks(const FinetuneOptions& options, const std::vector<BenchmarkTask>& tasks);

}  // namespace agront::tasks
