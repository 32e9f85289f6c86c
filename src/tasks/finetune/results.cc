// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/results.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/output_file.h"
#include "inference/provenance.h"
#include "scores/evaluation.h"
#include "tasks/embed/layer_list.h"
#include "tasks/finetune/artifacts.h"
#include "tasks/finetune/baseline_predictions.h"
#include "tasks/finetune/finetuned_model.h"
#include "tasks/finetune/labelled_outputs.h"
#include "tasks/finetune/run_report.h"
#include "tasks/finetune/settings.h"

namespace agront::tasks {
namespace {

using Json = nlohmann::ordered_json;

Json MetricsOf(const FinetuneOptions& options, const TaskData& data, const RunOutcome& outcome,
               const TestResults& results) {
  Json json = {{"test", nullptr}, {"valid", nullptr}};
  if (!results.test.tables.empty()) {
    json["test"] = scores::ToJson(results.test.tables.front());
    for (size_t i = 0; i < results.baselines.size(); ++i) {
      json["baselines"][results.baselines[i].name] = scores::ToJson(results.test.tables[i + 1]);
      json["differences"][results.baselines[i].name] = scores::ToJson(results.test.differences[i]);
    }
  }
  if (outcome.valid.size > 0) json["valid"] = scores::ToJson(results.valid);
  json["examples"] = {
      {"train", data.split.train.size()}, {"valid", data.split.valid.size()}, {"test", data.split.test.size()}};
  json["method"] = NameOf(options.method);
  json["seed"] = options.seed;
  json["trained_parameters"] = outcome.num_trained;
  json["updates"] = outcome.state.step;
  json["best_update"] = outcome.state.best_step;
  json["layer"] = ArrayName(outcome.trained.layer);
  for (const TriedLayer& tried : outcome.layers)
    json["layers"].push_back({{"layer", ArrayName(tried.layer)}, {"validation_loss", tried.validation_loss}});
  json["findings"] = data.findings;
  return json;
}

/// The scores that the field looks at first.
std::string SummaryOf(const TestResults& results) {
  if (results.test.tables.empty()) return "";
  std::string text;
  const auto add = [&](const std::string& name, const scores::ScoreTable& table) {
    text += fmt::format("{:>20}", name);
    for (const char* score : {"auroc", "auprc", "accuracy", "mcc", "r2", "pearson", "spearman"}) {
      const auto found = std::ranges::find(table.overall, score, &scores::Score::name);
      if (found == table.overall.end()) continue;
      text += fmt::format("  {} {:.3f}", score, found->value);
      if (table.has_intervals) text += fmt::format(" ({:.3f} to {:.3f})", found->low, found->high);
    }
    text += "\n";
  };
  add("test", results.test.tables.front());
  for (size_t i = 0; i < results.baselines.size(); ++i) add(results.baselines[i].name, results.test.tables[i + 1]);
  return text;
}

}  // namespace

std::string WriteResults(const FinetuneOptions& options, const TaskData& data, model::Checkpoint& base,
                         const RunOutcome& outcome, const std::string& folder) {
  WriteArtifacts(options, data, base, outcome.trained, folder);
  const scores::BootstrapOptions bootstrap{.resamples = options.bootstrap, .seed = options.seed};
  TestResults results;
  if (outcome.valid.size > 0) results.valid = scores::Evaluate({outcome.valid}, bootstrap).tables.front();
  if (outcome.test.size > 0) {
    if (options.baselines) results.baselines = PredictBaselines(options, data, base.shape().max_tokens(), outcome.test);
    if (outcome.random_test.size > 0)
      results.baselines.push_back(
          {"random weights", "the same method on a model of this shape with random weights", outcome.random_test});
    std::vector<scores::LabelledPredictions> predictors = {outcome.test};
    for (const BaselinePrediction& baseline : results.baselines) predictors.push_back(baseline.predictions);
    results.test = scores::Evaluate(predictors, bootstrap);
    WriteTextFile(Below(folder, "predictions.tsv"),
                  inference::TableLines(inference::DescribeRun(options.job, base)) + PredictionTable(outcome.test));
  }
  WriteRunReport(options, data, base, outcome, results, folder);
  WriteTextFile(Below(folder, kMetricsJson), MetricsOf(options, data, outcome, results).dump(2) + "\n");
  return SummaryOf(results);
}

}  // namespace agront::tasks
