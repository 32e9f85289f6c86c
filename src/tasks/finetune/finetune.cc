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
#include "base/path.h"
#include "base/reporter.h"
#include "inference/finetuned_model.h"
#include "inference/start.h"
#include "model/open_model.h"
#include "ranks/communicator.h"
#include "tasks/finetune/benchmark/benchmark_report.h"
#include "tasks/finetune/benchmark/benchmark_tasks.h"
#include "tasks/finetune/results.h"
#include "tasks/finetune/run/baseline_predictions.h"
#include "tasks/finetune/run/random_baseline.h"
#include "tasks/finetune/run/run.h"
#include "tasks/finetune/run/run_record.h"
#include "tasks/finetune/run/settings.h"
#include "tasks/finetune/run/task_data.h"
#include "tasks/finetune/summary.h"
#include "training/over_ranks.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

bool IsFinished(const std::string& folder) { return fs::exists(Below(folder, inference::kMetricsJson)); }

/// One model, by settled options.
void FinetuneOnce(const FinetuneOptions& options, const tasks::TaskData& data, tasks::DivisionBaselines& baselines,
                  ranks::Communicator& ranks) {
  const std::string& folder = options.job.output;
  Reporter& reporter = ReporterOf(options.job);
  const tasks::RunOptions run{options.job, options.model, options.training, tasks::Describe(options)};
  const auto base = model::OpenModel(options.job.model);
  if (IsFinished(folder)) {
    if (ranks.rank() == 0)
      tasks::CompareFinished(Below(folder, inference::kRunFolder), run.asked, base->RecordedHash().hex, data);
    return reporter.Note(fmt::format("{}: finished before, with the same examples and options", folder));
  }
  tasks::CheckLengths(options.model.long_sequences, *data.set, base->shape().max_tokens());
  auto outcome = tasks::RunFinetuning(run, data, *base, Below(folder, inference::kRunFolder), ranks);
  if (options.results.random_baseline)
    outcome.random_test =
        tasks::RunOnRandomWeights(run, data, base->shape(), Below(folder, inference::kRandomRunFolder), ranks).test;
  if (ranks.rank() != 0) return;
  const std::string scores = tasks::WriteResults(options.results, run, data, *base, outcome, baselines, folder);
  reporter.Note(scores + Below(folder, "report.html"));
}

/// The folder of one of several runs.
std::string NameOfRun(const FinetuneOptions& options, size_t fold, uint64_t seed) {
  std::string name;
  if (options.data.folds > 0) name += fmt::format("fold-{}", fold);
  if (options.training.seeds > 1) name += fmt::format("{}seed-{}", name.empty() ? "" : "-", seed);
  return name;
}

/// A folder holds one run, or several and their mean.
void CheckLayout(const FinetuneOptions& options) {
  const std::string& folder = options.job.output;
  if (!IsFinished(folder)) return;
  const bool holds_one =
      fs::exists(Below(folder, inference::kHeadFolder)) || fs::exists(Below(folder, inference::kRunFolder));
  const bool wants_one = NameOfRun(options, 0, options.training.seed).empty();
  if (holds_one != wants_one)
    Fail("{}: holds {}, expected the same to go on with it, got --seeds {} and --folds {}", folder,
         holds_one ? "one run" : "runs of several seeds or folds", options.training.seeds, options.data.folds);
}

/// One model, or one for each seed and fold, and their mean.
void FinetuneAll(const FinetuneOptions& given, ranks::Communicator& ranks) {
  FinetuneOptions options = given;
  Reporter& reporter = ReporterOf(options.job);
  CheckLayout(options);
  const std::string first = Below(options.job.output, NameOfRun(options, 0, options.training.seed));
  options.data.input.orders_words_as_0_1 = tasks::IsRunOf01(Below(first, inference::kRunFolder));
  const std::vector<tasks::TaskData> divisions = tasks::ReadTaskData(options.data, options.task);
  for (const std::string& finding : divisions.front().findings) reporter.Note(finding);
  std::vector<std::string> folders;
  for (size_t fold = 0; fold < divisions.size(); ++fold) {
    tasks::DivisionBaselines baselines(divisions[fold], options.model.long_sequences, options.training.seed);
    for (int seed = 0; seed < options.training.seeds; ++seed) {
      FinetuneOptions one = options;
      one.training.seed += static_cast<uint64_t>(seed);
      if (const std::string name = NameOfRun(options, fold, one.training.seed); !name.empty()) {
        one.job.output = Below(options.job.output, name);
        folders.push_back(one.job.output);
        if (!IsFinished(one.job.output)) reporter.Note(one.job.output);
      }
      FinetuneOnce(one, divisions[fold], baselines, ranks);
    }
  }
  if (ranks.rank() == 0 && !folders.empty()) tasks::SummarizeRuns(folders, options.job.output);
}

void OverRanks(const FinetuneOptions& asked,
               const std::function<void(const FinetuneOptions&, ranks::Communicator&)>& work) {
  training::OverRanks(asked.job.reporter, [&](ranks::Communicator& ranks, Reporter& reporter) {
    FinetuneOptions options = asked;
    options.job.reporter = &reporter;
    const ThreadsOfCall threads = inference::Start(options.job);
    if (options.job.threads == 0) SetThreads(std::max(1, MaxThreads() / ranks.local_size()));
    work(options, ranks);
  });
}

}  // namespace

void Finetune(const FinetuneOptions& asked) {
  OverRanks(asked, [](const FinetuneOptions& options, ranks::Communicator& ranks) {
    FinetuneAll(tasks::Settled(options), ranks);
  });
}

void FinetuneBenchmark(const FinetuneOptions& asked, const std::string& folder) {
  OverRanks(asked, [&folder](const FinetuneOptions& options, ranks::Communicator& ranks) {
    if (!options.data.train.empty() || !options.data.valid.empty() || !options.data.test.empty())
      FailUsage("--benchmark: its folder has the files; expected no --train, --valid or --test");
    const std::vector<tasks::BenchmarkTask> found = tasks::FindBenchmarkTasks(folder);
    const std::vector<FinetuneOptions> of_tasks = tasks::OptionsOfTasks(options, found);
    for (size_t i = 0; i < found.size(); ++i) {
      ReporterOf(options.job).Note("== " + found[i].name);
      FinetuneAll(of_tasks[i], ranks);
    }
    if (ranks.rank() == 0) tasks::WriteBenchmarkReport(options.job, options.model.method, found);
  });
}

}  // namespace agront
