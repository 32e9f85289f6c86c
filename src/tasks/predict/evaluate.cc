// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "agront/evaluate.h"
#include "agront/printable.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/labelled/clusters.h"
#include "data/labelled/read_labelled_set.h"
#include "inference/provenance.h"
#include "inference/start.h"
#include "scores/evaluation.h"
#include "tasks/finetune/labelled_outputs.h"
#include "tasks/predict/finetuned_predictor.h"

namespace agront {
namespace {

/// A token takes part when it has a class. `cluster` is the one of the example.
void AppendTokens(const data::LabelledSet& set, int64_t example, int64_t cluster,
                  std::span<const data::ExampleWindow> windows, const std::vector<std::vector<double>>& rows,
                  size_t& row, scores::LabelledPredictions& labelled) {
  const std::string classes = set.BaseClasses(example);
  for (const data::ExampleWindow& window : windows) {
    for (const int32_t of_token : data::TokenClasses(window, classes)) {
      const std::vector<double>& prediction = rows[row++];
      if (of_token < 0) continue;
      labelled.labels.push_back(of_token);
      labelled.predictions.insert(labelled.predictions.end(), prediction.begin(), prediction.end());
      labelled.ids.emplace_back(set.id(example));
      labelled.clusters.push_back(cluster);
    }
  }
}

scores::LabelledPredictions PredictLabelled(tasks::FinetunedPredictor& predictor, const data::LabelledSet& set,
                                            const JobOptions& job) {
  scores::LabelledPredictions labelled;
  labelled.task = set.task();
  for (const std::string& note : set.notes()) ReporterOf(job).Note(note);
  Progress progress(ReporterOf(job), "predicting", "tokens");
  std::vector<int64_t> all(static_cast<size_t>(set.size()));
  std::iota(all.begin(), all.end(), 0);
  const std::vector<int64_t> clusters = data::ClustersOf(set, all);
  int64_t tokens = 0;
  for (int64_t next = 0; next < set.size();) {
    tasks::PredictionBatch batch;
    const int64_t first = next;
    for (; next < set.size() && batch.tokens() < job.batch_tokens; ++next)
      predictor.Add(set.Bases(next), set.place(next), batch);
    const auto rows = predictor.Predict(batch);
    size_t row = 0, window = 0;
    for (int64_t example = first; example < next; ++example) {
      const auto count = static_cast<size_t>(batch.windows[static_cast<size_t>(example - first)]);
      if (set.task().kind == TaskKind::kToken) {
        AppendTokens(set, example, clusters.empty() ? example : clusters[example],
                     std::span(batch.cut).subspan(window, count), rows, row, labelled);
      } else {
        if (!clusters.empty()) labelled.clusters.push_back(clusters[example]);
        const std::span<const float> labels = set.labels(example);
        labelled.labels.insert(labelled.labels.end(), labels.begin(), labels.end());
        labelled.predictions.insert(labelled.predictions.end(), rows[row].begin(), rows[row].end());
        labelled.ids.emplace_back(set.id(example));
        ++row;
      }
      window += count;
    }
    tokens += batch.tokens();
    progress.Update(tokens, static_cast<double>(next) / static_cast<double>(set.size()));
  }
  labelled.size = static_cast<int64_t>(labelled.ids.size());
  return labelled;
}

/// `prefix` begins each line. Names of outputs are whole, on one line.
std::string Text(const scores::ScoreTable& table, const std::string& prefix) {
  std::string text;
  const auto add = [&](const std::string& of, const std::vector<scores::Score>& of_output) {
    for (const scores::Score& score : of_output) {
      text += fmt::format("{}{}{}: {:.4g}", prefix, of, score.name, score.value);
      if (score.has_interval()) text += fmt::format(" ({:.4g} to {:.4g})", score.low, score.high);
      text += "\n";
    }
  };
  add("", table.overall);
  for (const auto& of_output : table.outputs)
    add(Printable(of_output.output, std::string::npos) + ".", of_output.scores);
  return text;
}

}  // namespace

void EvaluateFinetuned(const EvaluateFinetunedOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  tasks::FinetunedPredictor predictor(options.finetuned, options.job);
  LabelledInput input = options.data;
  const std::string warning = predictor.FitInput(input);
  if (!warning.empty()) ReporterOf(options.job).Warn(warning);
  const data::LabelledSet set = data::ReadLabelledSet(input, predictor.task());
  const bool cuts_windows = predictor.task().kind == TaskKind::kToken && set.has_placements();
  if (!options.any_length && !cuts_windows) predictor.CheckLengths(set);
  predictor.transform().CheckLabels(set);
  OutputFile output(options.job.output, options.job.force);
  const scores::LabelledPredictions labelled = PredictLabelled(predictor, set, options.job);
  const auto evaluate = [&](const scores::LabelledPredictions& of) {
    return scores::Evaluate({of}, {.resamples = options.bootstrap, .seed = options.seed}).tables.front();
  };
  const scores::ScoreTable table = evaluate(labelled);
  std::optional<scores::ScoreTable> learned;
  if (!predictor.transform().is_linear()) learned = evaluate(tasks::OnLearnedScale(labelled, predictor.transform()));
  if (options.json) {
    nlohmann::ordered_json json = {{"test", scores::ToJson(table)}, {"examples", labelled.size}};
    if (learned) json["test"]["transformed"] = scores::ToJson(*learned);
    output.Write(json.dump(2) + "\n");
  } else {
    inference::Provenance provenance = predictor.Describe(options.job);
    inference::AddNotes(set.notes(), provenance);
    output.Write(inference::TableLines(provenance) + Text(table, "") + (learned ? Text(*learned, "transformed.") : ""));
  }
  output.Commit();
}

}  // namespace agront
