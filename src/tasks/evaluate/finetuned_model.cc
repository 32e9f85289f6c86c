// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "agront/evaluate.h"
#include "agront/printable.h"
#include "base/output_file.h"
#include "base/reporter.h"
#include "data/labelled/clusters.h"
#include "data/labelled/learned_scale.h"
#include "data/labelled/read_labelled_set.h"
#include "inference/prediction_batches.h"
#include "inference/provenance.h"
#include "inference/session.h"
#include "inference/start.h"
#include "scores/evaluation.h"

namespace agront {
namespace {

struct Example {
  int64_t number = 0;
  std::string bases;
  std::string place;
  const std::string& Place() const { return place; }
};

/// Examples with what was predicted of them.
class Labelled {
 public:
  explicit Labelled(const data::LabelledSet& set) : set_(set) {
    labelled_.task = set.task();
    std::vector<int64_t> all(static_cast<size_t>(set.size()));
    std::iota(all.begin(), all.end(), 0);
    clusters_ = data::ClustersOf(set, all);
  }

  void Add(int64_t example, const inference::SequencePrediction& prediction) {
    if (set_.task().kind == TaskKind::kToken) return AddTokens(example, prediction);
    if (!clusters_.empty()) labelled_.clusters.push_back(clusters_[example]);
    const std::span<const float> labels = set_.labels(example);
    labelled_.labels.insert(labelled_.labels.end(), labels.begin(), labels.end());
    AddRow(example, prediction.rows[0]);
  }

  scores::LabelledPredictions Take() {
    labelled_.size = static_cast<int64_t>(labelled_.ids.size());
    return std::move(labelled_);
  }

 private:
  /// A token takes part when it has a class. Tokens are not independent.
  void AddTokens(int64_t example, const inference::SequencePrediction& prediction) {
    const std::string classes = set_.BaseClasses(example);
    size_t row = 0;
    for (const data::ExampleWindow& window : prediction.windows) {
      for (const int32_t of_token : data::TokenClasses(window, classes)) {
        const std::vector<double>& values = prediction.rows[row++];
        if (of_token < 0) continue;
        labelled_.labels.push_back(of_token);
        labelled_.clusters.push_back(clusters_.empty() ? example : clusters_[example]);
        AddRow(example, values);
      }
    }
  }

  void AddRow(int64_t example, const std::vector<double>& values) {
    labelled_.predictions.insert(labelled_.predictions.end(), values.begin(), values.end());
    labelled_.ids.emplace_back(set_.id(example));
  }

  const data::LabelledSet& set_;
  std::vector<int64_t> clusters_;
  scores::LabelledPredictions labelled_;
};

scores::LabelledPredictions PredictLabelled(const std::shared_ptr<inference::FinetunedPredictor>& predictor,
                                            const data::LabelledSet& set, const JobOptions& job) {
  for (const std::string& note : set.notes()) ReporterOf(job).Note(note);
  Labelled labelled(set);
  const auto next = std::make_shared<int64_t>(0);
  const auto batches = std::make_shared<inference::PredictionBatches<Example>>(
      predictor, Strands::kForward, job.batch_tokens,
      [&set, next](Example& example) {
        if (*next == set.size()) return false;
        example = {.number = *next, .bases = set.Bases(*next), .place = set.place(*next)};
        ++*next;
        return true;
      },
      [&set, next] { return static_cast<double>(*next) / static_cast<double>(set.size()); });
  inference::PredictAll<Example>(
      *predictor, batches, Strands::kForward,
      {.label = "predicting", .batch_tokens = job.batch_tokens, .reporter = ReporterOf(job), .waits_for_reading = true},
      [&](const Example& example, const inference::SequencePrediction& prediction) {
        labelled.Add(example.number, prediction);
      });
  return labelled.Take();
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
  const auto predictor =
      std::make_shared<inference::FinetunedPredictor>(options.finetuned, inference::SourceOf(options.job));
  LabelledInput input = options.data;
  const std::string warning = predictor->FitInput(input);
  if (!warning.empty()) ReporterOf(options.job).Warn(warning);
  const data::LabelledSet set = data::ReadLabelledSet(input, predictor->task());
  const bool cuts_windows = predictor->task().kind == TaskKind::kToken && set.has_placements();
  if (!options.any_length && !cuts_windows)
    for (int64_t i = 0; i < set.size(); ++i)
      predictor->CheckLength(set.length(i), fmt::format("{}: {}", set.place(i), Printable(set.id(i))));
  predictor->transform().CheckLabels(set);
  OutputFile output(options.job.output, options.job.force);
  const scores::LabelledPredictions labelled = PredictLabelled(predictor, set, options.job);
  const auto evaluate = [&](const scores::LabelledPredictions& of) {
    return scores::Evaluate({of}, {.resamples = options.bootstrap, .seed = options.seed}).tables.front();
  };
  const scores::ScoreTable table = evaluate(labelled);
  std::optional<scores::ScoreTable> learned;
  if (!predictor->transform().is_linear()) learned = evaluate(data::OnLearnedScale(labelled, predictor->transform()));
  inference::Provenance provenance = predictor->Describe(options.job);
  inference::AddNotes(set.notes(), provenance);
  if (options.json) {
    nlohmann::ordered_json json = {{"test", scores::ToJson(table)}, {"examples", labelled.size}};
    if (learned) json["test"]["transformed"] = scores::ToJson(*learned);
    json["provenance"] = provenance;
    output.Write(json.dump(2) + "\n");
  } else {
    output.Write(inference::TableLines(provenance) + Text(table, "") + (learned ? Text(*learned, "transformed.") : ""));
  }
  output.Commit();
}

}  // namespace agront
