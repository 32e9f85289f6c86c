// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/output_file.h"
#include "base/path.h"
#include "data/labelled/learned_scale.h"
#include "inference/finetuned_model.h"
#include "inference/layer_list.h"
#include "inference/output_words.h"
#include "tasks/finetune/report/report.h"
#include "tasks/finetune/run/labelled_outputs.h"
#include "tasks/finetune/run/settings.h"
#include "training/run_folder.h"

namespace agront::tasks {
namespace {

plot::Curve LossOf(const training::RunFolder& folder, const char* file, const std::string& name) {
  plot::Curve curve{.name = name, .x = {}, .y = {}};
  for (const nlohmann::json& line : folder.ReadLines(file)) {
    if (!line.contains("loss") || !line["loss"].is_number()) continue;
    curve.x.push_back(line["step"].get<double>());
    curve.y.push_back(line["loss"].get<double>());
  }
  return curve;
}

std::vector<ReportFact> DataFacts(const FinetuneData& asked) {
  std::vector<ReportFact> facts = {{"training file", asked.train}};
  if (!asked.valid.empty()) facts.push_back({"validation file", asked.valid});
  if (!asked.test.empty()) facts.push_back({"test file", asked.test});
  return facts;
}

std::vector<ReportFact> MethodFacts(const nlohmann::ordered_json& asked, const model::Checkpoint& base,
                                    const RunOutcome& outcome) {
  std::vector<ReportFact> facts = {
      {"model", base.path()},
      {"model hash", base.RecordedHash().hex},
      {"trained parameters", fmt::format("{}", outcome.num_trained)},
      {"updates", outcome.state.best.step > 0
                      ? fmt::format("{}, the best after {}", outcome.state.progress.step, outcome.state.best.step)
                      : fmt::format("{}, kept as after the last", outcome.state.progress.step)}};
  for (const TriedLayer& tried : outcome.layers)
    facts.push_back(
        {fmt::format("validation loss, {}", inference::ArrayName(tried.layer)),
         fmt::format("{:.5f}{}", tried.validation_loss, tried.layer == outcome.trained.layer ? " (chosen)" : "")});
  for (const auto& [key, value] : asked.items())
    if (value != "") facts.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
  return facts;
}

std::string AboutMethod(FinetuneMethod method, const std::string& base) {
  switch (method) {
    case FinetuneMethod::kProbe: return "a head on the frozen states of " + base;
    case FinetuneMethod::kIa3: return "learned scales in " + base + " (IA3), and a head";
    case FinetuneMethod::kLora: return "low-rank changes of " + base + " (LoRA), and a head";
    case FinetuneMethod::kFull: return "all weights of " + base + ", and a head";
  }
  return base;
}

void AddLosses(const training::RunFolder& run, const RunOutcome& outcome, FineTuneReport& report) {
  report.train_loss = LossOf(run, training::kMetricsFile, "training (dots: single updates; line: running mean)");
  report.train_loss.is_noisy = true;
  report.train_loss_unit =
      report.task.kind == TaskKind::kRegression ? "mean squared error, as learned" : "cross-entropy (nats)";
  report.valid_loss = LossOf(run, training::kValidationFile, "validation");
  report.kept_update = outcome.state.best.step > 0 ? outcome.state.best.step : outcome.state.progress.step;
}

/// What the parts are like, and the bases of the one that is scored.
void AddSplits(const TaskData& data, bool has_test, FineTuneReport& report) {
  report.splits = {Summarize("training", report.task, SequencesOf(data, data.split.train, LabelSpace::kAsGiven))};
  if (!data.split.valid.empty())
    report.splits.push_back(
        Summarize("validation", report.task, SequencesOf(data, data.split.valid, LabelSpace::kAsGiven)));
  if (!data.split.test.empty())
    report.splits.push_back(Summarize("test", report.task, SequencesOf(data, data.split.test, LabelSpace::kAsGiven)));
  report.bases = [&set = *data.set, &part = has_test ? data.split.test : data.split.valid](int64_t i) {
    return set.Bases(part[static_cast<size_t>(i)]);
  };
}

}  // namespace

void WriteRunReport(const RunOptions& options, const TaskData& data, const model::Checkpoint& base,
                    const RunOutcome& outcome, const TestResults& results, const std::string& folder) {
  const std::string of_run = Below(folder, inference::kRunFolder);
  const training::RunFolder run(outcome.layers.empty() ? of_run
                                                       : Below(of_run, inference::ArrayName(outcome.trained.layer)));
  FineTuneReport report;
  report.title = fmt::format("{}: {} by {}", std::filesystem::path(folder).filename().string(),
                             model::Name(data.set->task().kind), NameOf(options.model.method));
  report.task = data.set->task();
  report.about =
      fmt::format("Predicts {}{} from a sequence by {}. {} examples to train, {} to validate, {} to test.",
                  inference::OutputsInWords(report.task),
                  report.task.binary_words.empty() ? "" : " (" + inference::PositiveLabel(report.task) + " is 1)",
                  AboutMethod(options.model.method, base.path()), data.split.train.size(), data.split.valid.size(),
                  data.split.test.size());
  const bool has_test = outcome.test.size > 0;
  const scores::LabelledPredictions& scored = has_test ? outcome.test : outcome.valid;
  if (!has_test) report.part = "validation";
  if (scored.size == 0)
    report.warnings.emplace_back("there are neither test nor validation examples, so nothing was scored");
  else if (!has_test)
    report.warnings.emplace_back(
        "there are no test examples: the scores are of the validation examples, by which the best epoch was chosen, so "
        "new examples are likely to score lower");
  if (!results.note.empty()) report.warnings.push_back(results.note + ": these scores say nothing about AgroNT");
  report.warnings.insert(report.warnings.end(), data.findings.begin(), data.findings.end());
  report.data = DataFacts(data.asked);
  report.method = MethodFacts(options.asked, base, outcome);
  AddLosses(run, outcome, report);
  if (report.task.kind != TaskKind::kToken) AddSplits(data, has_test, report);
  report.predictors.push_back({NameOf(options.model.method), AboutMethod(options.model.method, base.path())});
  report.predictions.push_back(scored);
  for (const BaselinePrediction& baseline : results.baselines) {
    report.predictors.push_back({baseline.name, baseline.about});
    report.predictions.push_back(baseline.predictions);
  }
  report.left_out = results.left_out;
  report.bootstrap = results.bootstrap;
  const auto evaluation = [&](const ScaleScores& of) {
    if (scored.size == 0) return scores::Evaluation{};
    return has_test ? of.test : scores::Evaluation{{of.valid}, {}};
  };
  report.evaluation = evaluation(results.given);
  if (results.learned) {
    report.learned = {data::TextOf(data.asked.transform), data.transform.is_log1p(), {}, evaluation(*results.learned)};
    for (const scores::LabelledPredictions& of : report.predictions)
      report.learned->predictions.push_back(data::OnLearnedScale(of, data.transform));
  }
  WriteTextFile(Below(folder, "report.html"), FineTuneReportPage(report));
}

}  // namespace agront::tasks
