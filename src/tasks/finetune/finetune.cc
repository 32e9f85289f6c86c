// SPDX-License-Identifier: Apache-2.0
#include "agront/finetune.h"

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "device/communicator.h"
#include "inference/start.h"
#include "model/embedded_model.h"
#include "tasks/finetune/baseline_predictions.h"
#include "tasks/finetune/benchmark_report.h"
#include "tasks/finetune/benchmark_tasks.h"
#include "tasks/finetune/finetuned_model.h"
#include "tasks/finetune/random_baseline.h"
#include "tasks/finetune/results.h"
#include "tasks/finetune/run.h"
#include "tasks/finetune/run_record.h"
#include "tasks/finetune/settings.h"
#include "tasks/finetune/summary.h"
#include "tasks/finetune/task_data.h"
#include "training/over_ranks.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

using tasks::Below;

bool IsFinished(const std::string& folder) { return fs::exists(Below(folder, tasks::kMetricsJson)); }

/// One model. False when a signal stopped it.
bool FinetuneOnce(const FinetuneOptions& options, const tasks::TaskData& data, tasks::DivisionBaselines& baselines,
                  device::Communicator& ranks) {
  const std::string& folder = options.job.output;
  const bool is_quiet = options.job.quiet || ranks.rank() != 0;
  const auto base = model::OpenModel(options.job.model);
  if (IsFinished(folder)) {
    if (ranks.rank() == 0)
      tasks::CompareFinished(Below(folder, tasks::kRunFolder), options, base->RecordedHash().hex, data);
    if (!is_quiet) fmt::print(stderr, "{}: finished before, with the same examples and options\n", folder);
    return true;
  }
  tasks::CheckLengths(options, *data.set, base->shape().max_tokens());
  auto outcome = tasks::RunFinetuning(options, data, *base, Below(folder, tasks::kRunFolder), ranks);
  if (!outcome) return false;
  if (options.random_baseline) {
    auto random =
        tasks::RunOnRandomWeights(options, data, base->shape(), Below(folder, tasks::kRandomRunFolder), ranks);
    if (!random) return false;
    outcome->random_test = std::move(random->test);
  }
  if (ranks.rank() != 0) return true;
  const std::string scores = tasks::WriteResults(options, data, *base, *outcome, baselines, folder);
  if (!is_quiet) fmt::print(stderr, "{}{}\n", scores, Below(folder, "report.html"));
  return true;
}

/// The folder of one of several runs.
std::string NameOfRun(const FinetuneOptions& options, size_t fold, uint64_t seed) {
  std::string name;
  if (options.folds > 0) name += fmt::format("fold-{}", fold);
  if (options.seeds > 1) name += fmt::format("{}seed-{}", name.empty() ? "" : "-", seed);
  return name;
}

/// A folder holds one run, or several and their mean.
void CheckLayout(const FinetuneOptions& options) {
  const std::string& folder = options.job.output;
  if (!IsFinished(folder)) return;
  const bool holds_one = fs::exists(Below(folder, tasks::kHeadFolder)) || fs::exists(Below(folder, tasks::kRunFolder));
  const bool wants_one = NameOfRun(options, 0, options.seed).empty();
  if (holds_one != wants_one)
    Fail("{}: holds {}, expected the same to go on with it, got --seeds {} and --folds {}", folder,
         holds_one ? "one run" : "runs of several seeds or folds", options.seeds, options.folds);
}

/// One model, or one for each seed and fold, and their mean. False when a signal stopped it.
bool FinetuneAll(const FinetuneOptions& given, device::Communicator& ranks) {
  FinetuneOptions options = given;
  const bool is_first = ranks.rank() == 0;
  CheckLayout(options);
  const std::string first = Below(options.job.output, NameOfRun(options, 0, options.seed));
  options.data.orders_words_as_0_1 = tasks::IsRunOf01(Below(first, tasks::kRunFolder));
  const std::vector<tasks::TaskData> divisions = tasks::ReadTaskData(options);
  if (is_first && !options.job.quiet)
    for (const std::string& finding : divisions.front().findings) fmt::print(stderr, "{}\n", finding);
  std::vector<std::string> folders;
  for (size_t fold = 0; fold < divisions.size(); ++fold) {
    tasks::DivisionBaselines baselines(options, divisions[fold]);
    for (int seed = 0; seed < options.seeds; ++seed) {
      FinetuneOptions one = options;
      one.seed += static_cast<uint64_t>(seed);
      if (const std::string name = NameOfRun(options, fold, one.seed); !name.empty()) {
        one.job.output = Below(options.job.output, name);
        folders.push_back(one.job.output);
        if (is_first && !options.job.quiet && !IsFinished(one.job.output)) fmt::print(stderr, "{}\n", one.job.output);
      }
      if (!FinetuneOnce(one, divisions[fold], baselines, ranks)) return false;
    }
  }
  if (is_first && !folders.empty()) tasks::SummarizeRuns(folders, options.job.output);
  return true;
}

void OverRanks(const FinetuneOptions& options, const std::function<void(device::Communicator&)>& work) {
  training::OverRanks([&](device::Communicator& ranks) {
    const ThreadsOfCall threads = inference::Start(options.job);
    if (options.job.threads == 0) SetThreads(std::max(1, MaxThreads() / ranks.local_size()));
    work(ranks);
  });
}

}  // namespace

void Finetune(const FinetuneOptions& options) {
  OverRanks(options, [&](device::Communicator& ranks) {
    tasks::CheckOptions(options);
    FinetuneAll(options, ranks);
  });
}

void FinetuneBenchmark(const FinetuneOptions& options, const std::string& folder) {
  OverRanks(options, [&](device::Communicator& ranks) {
    if (!options.train.empty() || !options.valid.empty() || !options.test.empty())
      FailUsage("--benchmark: its folder has the files; expected no --train, --valid or --test");
    const std::vector<tasks::BenchmarkTask> found = tasks::FindBenchmarkTasks(folder);
    const std::vector<FinetuneOptions> of_tasks = tasks::OptionsOfTasks(options, found);
    for (size_t i = 0; i < found.size(); ++i) {
      if (ranks.rank() == 0 && !options.job.quiet) fmt::print(stderr, "== {}\n", found[i].name);
      if (!FinetuneAll(of_tasks[i], ranks)) return;
    }
    if (ranks.rank() == 0) tasks::WriteBenchmarkReport(options, found);
  });
}

}  // namespace agront
