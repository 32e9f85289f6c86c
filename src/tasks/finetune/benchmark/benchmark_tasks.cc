// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/benchmark/benchmark_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/missing_file.h"
#include "base/path.h"
#include "inference/finetuned_model.h"
#include "tasks/finetune/run/settings.h"

namespace agront::tasks {
namespace {

namespace fs = std::filesystem;

struct Kind {
  const char* folder;
  TaskKind kind;
  const char* score;
};

constexpr std::array kKinds = {Kind{"poly_a", TaskKind::kBinary, "auroc"},
                               Kind{"splicing", TaskKind::kBinary, "auroc"},
                               Kind{"lncrna", TaskKind::kBinary, "auroc"},
                               Kind{"pro_seq", TaskKind::kBinary, "auroc"},
                               Kind{"promoter_strength", TaskKind::kRegression, "r2"},
                               Kind{"terminator_strength", TaskKind::kRegression, "r2"},
                               Kind{"gene_exp", TaskKind::kRegression, "r2"},
                               Kind{"chromatin_access", TaskKind::kMultilabel, "auroc"}};

/// Fig. 3e, 3f: by the species that a test sequence comes from; the benchmark's sets mix them. Fig. 6c: mean over the
/// 23 tissues, 5 kb up and 1 kb down. Fig. 2f: area under the precision-recall curve. Fig. 4b: by label.
const std::map<std::string, std::string> kPublished = {
    {"promoter_strength.leaf", "r2 0.62 (A. thaliana), 0.74 (sorghum), 0.75 (maize)"},
    {"promoter_strength.protoplast", "r2 0.62 (A. thaliana), 0.68 (sorghum), 0.71 (maize)"},
    {"terminator_strength.leaf", "r2 0.77 (A. thaliana), 0.76 (maize)"},
    {"terminator_strength.protoplast", "r2 0.69 (A. thaliana), 0.65 (maize)"},
    {"gene_exp.zea_mays", "r2 0.624 (mean of 23 tissues)"},
    {"lncrna.g_max", "auprc 0.811"},
    {"chromatin_access.zea_mays", "auroc 0.979 to 0.987 by label (14 of 19)"},
    {"chromatin_access.oryza_sativa_MH63_RS2", "auroc 0.941 to 0.977 by label"},
};

/// "SPECIES_train.fa" and its like: the species; empty for other files.
std::string SpeciesOf(const std::string& file) {
  for (const char* suffix : {"_train.fa", "_train.fa.gz"})
    if (file.ends_with(suffix)) return file.substr(0, file.size() - std::string(suffix).size());
  return "";
}

std::string FileOf(const fs::path& folder, const std::string& species, const std::string& part) {
  for (const char* suffix : {".fa", ".fa.gz"})
    if (const fs::path path = folder / fmt::format("{}_{}{}", species, part, suffix); fs::exists(path))
      return path.string();
  return "";
}

}  // namespace

std::vector<BenchmarkTask> FindBenchmarkTasks(const std::string& folder) {
  if (!fs::exists(folder)) FailMissing("{}: no such file: expected a folder of benchmark tasks", folder);
  if (!fs::is_directory(folder)) Fail("{}: expected a folder of benchmark tasks, got a file", folder);
  std::vector<BenchmarkTask> tasks;
  for (const auto& of_task : fs::directory_iterator(folder)) {
    if (!of_task.is_directory()) continue;
    const std::string name = of_task.path().filename().string();
    const auto kind = std::ranges::find(kKinds, name, &Kind::folder);
    for (const auto& file : fs::directory_iterator(of_task.path())) {
      const std::string species = SpeciesOf(file.path().filename().string());
      if (species.empty()) continue;
      if (kind == kKinds.end()) Fail("{}: expected a task of the benchmark, got {:?}", of_task.path().string(), name);
      BenchmarkTask task{.name = fmt::format("{}.{}", name, species),
                         .kind = kind->kind,
                         .train = file.path().string(),
                         .valid = FileOf(of_task.path(), species, "validation"),
                         .test = FileOf(of_task.path(), species, "test"),
                         .score = kind->score,
                         .published = ""};
      if (task.test.empty()) Fail("{}: expected {}_test.fa beside it", task.train, species);
      if (const auto known = kPublished.find(task.name); known != kPublished.end()) task.published = known->second;
      tasks.push_back(std::move(task));
    }
  }
  if (tasks.empty()) Fail("{}: expected files TASK/SPECIES_train.fa, got none", folder);
  std::ranges::sort(tasks, {}, &BenchmarkTask::name);
  return tasks;
}

std::vector<FinetuneOptions> OptionsOfTasks(const FinetuneOptions& options, const std::vector<BenchmarkTask>& tasks) {
  const auto is_numbers = [](const BenchmarkTask& task) { return task.kind == TaskKind::kRegression; };
  if (!options.data.transform.empty() && std::ranges::none_of(tasks, is_numbers))
    FailUsage("--transform: expected a task of numbers in the benchmark's folder, got none");
  if (options.data.class_weights && std::ranges::all_of(tasks, is_numbers))
    FailUsage("--class-weights: expected a task of classes in the benchmark's folder, got none");
  const auto is_binary = [](const BenchmarkTask& task) { return task.kind == TaskKind::kBinary; };
  if (!options.data.input.positive.empty() && std::ranges::none_of(tasks, is_binary))
    FailUsage("--positive: expected a binary task in the benchmark's folder, got none");
  std::vector<FinetuneOptions> of_tasks;
  for (const BenchmarkTask& task : tasks) {
    FinetuneOptions one = options;
    one.task = task.kind;
    one.data.train = task.train;
    one.data.valid = task.valid;
    one.data.test = task.test;
    if (!is_numbers(task)) one.data.transform.clear();
    if (!is_binary(task)) one.data.input.positive.clear();
    one.data.class_weights = options.data.class_weights && !is_numbers(task);
    one = Settled(std::move(one));
    one.job.output = Below(options.job.output, task.name);
    of_tasks.push_back(std::move(one));
  }
  return of_tasks;
}

}  // namespace agront::tasks
