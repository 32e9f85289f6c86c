// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/results.h"
#include "base/path.h"
#include "data/labelled/learned_scale.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/output_file.h"
#include "inference/finetuned_model.h"
#include "inference/layer_list.h"
#include "inference/output_words.h"
#include "inference/provenance.h"
#include "scores/evaluation.h"
#include "tasks/finetune/artifacts.h"
#include "tasks/finetune/report/prediction_table.h"
#include "tasks/finetune/report/run_report.h"
#include "tasks/finetune/run/labelled_outputs.h"
#include "tasks/finetune/run/settings.h"

namespace agront::tasks {
namespace {

using Json = nlohmann::ordered_json;

/// Adds scores to `json`, or where they are of the learned scale to the objects in it under "transformed".
void AddScores(const ScaleScores& scores, const TestResults& results, const RunOutcome& outcome, bool are_learned,
               Json& json) {
  const auto add = [&](Json& to, Json of) { (are_learned ? to["transformed"] : to) = std::move(of); };
  if (!scores.test.tables.empty()) {
    add(json["test"], scores::ToJson(scores.test.tables.front()));
    for (size_t i = 0; i < results.baselines.size(); ++i) {
      add(json["baselines"][results.baselines[i].name], scores::ToJson(scores.test.tables[i + 1]));
      add(json["differences"][results.baselines[i].name], scores::ToJson(scores.test.differences[i]));
    }
  }
  if (outcome.valid.size > 0) add(json["valid"], scores::ToJson(scores.valid));
}

Json MetricsOf(const RunOptions& options, const TaskData& data, const RunOutcome& outcome, const TestResults& results) {
  Json json = {{"test", nullptr}, {"valid", nullptr}};
  AddScores(results.given, results, outcome, /*are_learned=*/false, json);
  if (results.learned) AddScores(*results.learned, results, outcome, /*are_learned=*/true, json);
  json["examples"] = {
      {"train", data.split.train.size()}, {"valid", data.split.valid.size()}, {"test", data.split.test.size()}};
  if (data.set->task().kind == TaskKind::kBinary) json["positive"] = inference::PositiveLabel(data.set->task());
  json["method"] = NameOf(options.model.method);
  json["seed"] = options.training.seed;
  json["trained_parameters"] = outcome.num_trained;
  json["updates"] = outcome.state.progress.step;
  json["best_update"] = outcome.state.best.step > 0 ? Json(outcome.state.best.step) : Json(nullptr);
  json["layer"] = inference::ArrayName(outcome.trained.layer);
  for (const TriedLayer& tried : outcome.layers)
    json["layers"].push_back(
        {{"layer", inference::ArrayName(tried.layer)}, {"validation_loss", tried.validation_loss}});
  json["findings"] = data.findings;
  if (!results.note.empty()) json["note"] = results.note;
  return json;
}

ScaleScores Score(const scores::BootstrapOptions& bootstrap, const std::vector<scores::LabelledPredictions>& test,
                  const scores::LabelledPredictions& valid) {
  ScaleScores scores{.test = scores::Evaluate(test, bootstrap), .valid = {}};
  if (valid.size > 0) scores.valid = scores::Evaluate({valid}, bootstrap).tables.front();
  return scores;
}

/// The scores that the field looks at first.
std::string SummaryOf(const TaskData& data, const TestResults& results) {
  const scores::Evaluation& test = results.learned ? results.learned->test : results.given.test;
  if (test.tables.empty()) return "";
  std::string text = results.learned ? fmt::format("after {}:\n", data::TextOf(data.asked.transform)) : "";
  const auto add = [&](const std::string& name, const scores::ScoreTable& table) {
    text += fmt::format("{:>20}", name);
    for (const char* score : {"auroc", "auprc", "accuracy", "mcc", "r2", "pearson", "spearman"}) {
      const auto found = std::ranges::find(table.overall, score, &scores::Score::name);
      if (found == table.overall.end()) continue;
      text += fmt::format("  {} {:.3f}", score, found->value);
      if (found->has_interval()) text += fmt::format(" ({:.3f} to {:.3f})", found->low, found->high);
    }
    text += "\n";
  };
  add("test", test.tables.front());
  for (size_t i = 0; i < results.baselines.size(); ++i) add(results.baselines[i].name, test.tables[i + 1]);
  return text;
}

}  // namespace

std::string WriteResults(const FinetuneResults& asked, const RunOptions& options, const TaskData& data,
                         model::Checkpoint& base, const RunOutcome& outcome, DivisionBaselines& baselines,
                         const std::string& folder) {
  WriteArtifacts(options, asked.merge, data, base, outcome.trained, folder);
  TestResults results;
  const inference::Provenance provenance = inference::DescribeRun(options.job, base);
  if (const auto note = provenance.find("note"); note != provenance.end()) results.note = note->second;
  results.bootstrap = {.resamples = asked.bootstrap, .seed = options.training.seed};
  std::vector<scores::LabelledPredictions> predictors;
  if (outcome.test.size > 0) {
    if (asked.baselines) {
      results.baselines = baselines.Predict(base.shape().max_tokens(), outcome.test);
      results.left_out = baselines.left_out();
    }
    if (outcome.random_test.size > 0)
      results.baselines.push_back(
          {"random weights", "the same method on a model of this shape with random weights", outcome.random_test});
    predictors.push_back(outcome.test);
    for (const BaselinePrediction& baseline : results.baselines) predictors.push_back(baseline.predictions);
    WritePredictionTable(outcome.test, *data.set, Below(folder, "predictions.tsv"),
                         {.overwrite = true, .provenance = provenance});
  }
  results.given = Score(results.bootstrap, predictors, outcome.valid);
  if (!data.transform.is_linear()) {
    for (scores::LabelledPredictions& of : predictors) of = data::OnLearnedScale(std::move(of), data.transform);
    results.learned = Score(results.bootstrap, predictors, data::OnLearnedScale(outcome.valid, data.transform));
  }
  WriteRunReport(options, data, base, outcome, results, folder);
  WriteTextFile(Below(folder, inference::kMetricsJson), MetricsOf(options, data, outcome, results).dump(2) + "\n");
  return SummaryOf(data, results);
}

}  // namespace agront::tasks
