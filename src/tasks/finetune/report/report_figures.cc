// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/report_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/shortened.h"
#include "plot/count_matrix.h"
#include "plot/interval_chart.h"
#include "plot/page.h"
#include "plot/scatter.h"
#include "plot/unit_chart.h"
#include "scores/calibration.h"
#include "scores/class_scorer.h"
#include "scores/ranking.h"
#include "scores/scorer.h"
#include "tasks/finetune/report/report_tables.h"

namespace agront::tasks {
namespace {

/// R² has no lower bound; a baseline at -5 would leave no room for the rest.
constexpr double kLeastDrawn = -0.5;
constexpr double kChanceAuroc = 0.5;
constexpr int64_t kMostOfConfusion = 60;  // classes: a page of 2,400 units, which still can be scrolled
constexpr size_t kMostBytesOfTitle = 26;  // for a name in the title of a figure

bool HasClasses(const PredictionTask& task) {
  return task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken;
}

/// The score by which outputs are sorted and drawn.
std::string OutputScore(const PredictionTask& task) { return task.kind == TaskKind::kRegression ? "pearson" : "auroc"; }

double Find(const std::vector<scores::Score>& scores, const std::string& name) {
  const auto found = std::ranges::find(scores, name, &scores::Score::name);
  return found == scores.end() ? std::nan("") : found->value;
}

/// Outputs from the best to the worst by the model; those without the score last.
std::vector<size_t> SortedOutputs(const FineTuneReport& report) {
  const auto& outputs = report.evaluation.tables[0].outputs;
  std::vector<size_t> order(outputs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](size_t output) {
    const double value = Find(outputs[output].scores, OutputScore(report.task));
    return std::isnan(value) ? -1e300 : value;
  });
  return order;
}

/// The best, the middle and the worst output; all when there are no more than three.
std::vector<int64_t> Examples(const FineTuneReport& report) {
  if (report.task.num_outputs() == 1) return {0};
  const std::vector<size_t> order = SortedOutputs(report);
  std::vector<int64_t> shown;
  for (const size_t at : {size_t{0}, order.size() / 2, order.size() - 1})
    if (const auto output = static_cast<int64_t>(order[at]); std::ranges::find(shown, output) == shown.end())
      shown.push_back(output);
  return shown;
}

/// Why just these are drawn, where there are more.
std::string ExamplesNote(const FineTuneReport& report) {
  const auto shown = static_cast<int64_t>(Examples(report).size());
  if (shown == report.task.num_outputs()) return "";
  return fmt::format("<p>Drawn are the {} of {} outputs where {} is highest, in the middle and lowest.</p>\n", shown,
                     report.task.num_outputs(), ScoreTitle(OutputScore(report.task)));
}

plot::UnitCurve CalibrationCurve(const std::string& name, const scores::LabelledPredictions& predictions) {
  scores::Calibration calibration;
  const int64_t outputs = predictions.task.num_outputs();
  for (int64_t i = 0; i < predictions.size; ++i) {
    if (HasClasses(predictions.task)) {
      if (std::isnan(predictions.labels[i])) continue;
      const int64_t said = scores::PredictedClass(predictions, i);
      const double p = predictions.predictions[i * outputs + said];
      calibration.Add(scores::Calibration::BinOf(p), p, predictions.labels[i] == static_cast<double>(said), 1);
      continue;
    }
    for (int64_t at = i * outputs; at < (i + 1) * outputs; ++at)
      if (const double p = predictions.predictions[at]; !std::isnan(predictions.labels[at]))
        calibration.Add(scores::Calibration::BinOf(p), p, predictions.labels[at] == 1, 1);
  }
  plot::UnitCurve curve = {.name = name, .x = {}, .y = {}};
  for (const scores::CalibrationBin& bin : calibration.Bins()) {
    curve.x.push_back(bin.mean_probability());
    curve.y.push_back(bin.share());
    curve.counts.push_back(std::llround(bin.count));
  }
  return curve;
}

struct RankingCurves {
  std::vector<plot::UnitCurve> roc, precision_recall;

  void Add(const std::string& name, const std::vector<double>& labels, const std::vector<double>& predictions,
           double positive) {
    const scores::Ranking ranking(labels, predictions, positive);
    const scores::RankingScores scores = ranking.Scores(std::vector<scores::Count>(labels.size(), 1));
    const auto with = [&](double score) { return std::isnan(score) ? name : fmt::format("{}, {:.3f}", name, score); };
    scores::ThresholdCurve curve = ranking.Roc();
    roc.push_back({with(scores.auroc), curve.x, curve.y});
    curve = ranking.PrecisionRecall();
    precision_recall.push_back({with(scores.auprc), curve.x, curve.y});
  }
};

std::string ClassificationFigures(const FineTuneReport& report) {
  const PredictionTask& task = report.task;
  RankingCurves curves;
  std::vector<plot::UnitCurve> calibration;
  for (size_t i = 0; i < report.predictions.size(); ++i) {
    const scores::LabelledPredictions& of = report.predictions[i];
    const std::string& name = report.predictors[i].name;
    calibration.push_back(CalibrationCurve(name, of));
    if (task.kind == TaskKind::kBinary)
      curves.Add(name, scores::LabelColumn(of, 0), scores::PredictionColumn(of, 0), 1);
  }
  if (task.kind != TaskKind::kBinary)
    for (const int64_t output : Examples(report)) {
      const scores::LabelledPredictions& model = report.predictions[0];
      curves.Add(task.outputs[output], scores::LabelColumn(model, HasClasses(task) ? 0 : output),
                 scores::PredictionColumn(model, output), HasClasses(task) ? static_cast<double>(output) : 1);
    }
  const std::string counted = task.kind == TaskKind::kToken        ? "tokens"
                              : task.kind == TaskKind::kMultilabel ? "labels"
                                                                   : "examples";
  const std::string of = task.kind == TaskKind::kBinary ? "" : fmt::format(" of {}", report.predictors[0].name);
  std::vector<std::string> figures = {
      plot::UnitChart(curves.roc, {"ROC" + of + " (area)", "false positive rate", "true positive rate", true}),
      plot::UnitChart(curves.precision_recall, {"Precision and recall" + of + " (AP)", "recall", "precision", false}),
      plot::UnitChart(calibration,
                      {"Calibration (areas of dots: " + counted + ")",
                       HasClasses(task) ? "probability of the predicted class" : "predicted probability",
                       HasClasses(task) ? "share of right predictions" : "share of positives", true, counted})};
  std::string note = task.kind == TaskKind::kBinary ? "" : ExamplesNote(report);
  if (HasClasses(task) && task.num_outputs() > kMostOfConfusion) {
    note += fmt::format("<p>The confusion of {} classes is left out: it takes {} at most.</p>\n", task.num_outputs(),
                        kMostOfConfusion);
  } else if (task.kind != TaskKind::kMultilabel) {
    const scores::Confusion confusion = scores::ConfusionOf(report.predictions[0]);
    std::vector<int64_t> counts;
    for (int64_t row = 0; row < confusion.classes(); ++row)
      for (int64_t column = 0; column < confusion.classes(); ++column) counts.push_back(confusion.at(row, column));
    const std::vector<std::string> names =
        task.kind == TaskKind::kBinary ? std::vector<std::string>{"no", "yes"} : task.outputs;
    figures.push_back(plot::CountMatrix(
        names, counts, {"Confusion of " + report.predictors[0].name + " (shares of rows)", "true", "predicted"}));
  }
  return note + plot::SideBySide(figures);
}

/// `given` has the numbers in the units of the labels, `learned` as they were learned: what bends them by the logarithm
/// is better seen as logarithmic axes, which people read.
std::string RegressionFigures(const FineTuneReport& given, const FineTuneReport& learned) {
  std::vector<std::string> figures;
  const bool is_single = given.task.num_outputs() == 1;
  const bool has_logarithms = given.learned && given.learned->is_log1p;
  const FineTuneReport& drawn = has_logarithms ? given : learned;
  const std::string scale = !given.learned   ? ""
                            : has_logarithms ? " (axis: log(1 + value))"
                                             : ", after " + given.learned->transform;
  for (size_t i = 0; i < (is_single ? drawn.predictions.size() : 1); ++i)
    for (const int64_t output : Examples(learned)) {
      const scores::ScoreTable& table = learned.evaluation.tables[i];
      const double pearson =
          Find(is_single ? table.overall : table.outputs[static_cast<size_t>(output)].scores, "pearson");
      std::string title =
          is_single ? given.predictors[i].name : Shortened(given.task.outputs[output], kMostBytesOfTitle);
      if (std::isfinite(pearson)) title += fmt::format(": Pearson {:.2f}", pearson);
      figures.push_back(plot::Scatter(scores::LabelColumn(drawn.predictions[i], output),
                                      scores::PredictionColumn(drawn.predictions[i], output),
                                      {title, "observed" + scale, "predicted" + scale,
                                       has_logarithms ? plot::Scale::kLog1p : plot::Scale::kLinear}));
    }
  return ExamplesNote(learned) + plot::SideBySide(figures);
}

plot::Interval IntervalOf(const std::vector<scores::Score>& scores, const std::string& name) {
  const auto found = std::ranges::find(scores, name, &scores::Score::name);
  return found == scores.end() ? plot::Interval{std::nan(""), std::nan(""), std::nan("")}
                               : plot::Interval{found->value, found->low, found->high};
}

std::vector<std::string> Names(const FineTuneReport& report) {
  std::vector<std::string> names;
  for (const auto& predictor : report.predictors) names.push_back(predictor.name);
  return names;
}

}  // namespace

std::string LearningCurves(const FineTuneReport& report) {
  std::vector<plot::Curve> losses;
  for (const plot::Curve* curve : {&report.train_loss, &report.valid_loss})
    if (!curve->x.empty()) losses.push_back(*curve);
  if (losses.empty()) return "";
  plot::LineChartOptions options = {.title = "Loss",
                                    .x_label = "update",
                                    .y_label = report.train_loss_unit,
                                    .from_zero = true,
                                    .levels = {},
                                    .mark = {}};
  if (report.kept_update > 0)
    options.mark = plot::Mark{static_cast<double>(report.kept_update),
                              fmt::format("kept: update {}", report.kept_update), losses.size() - 1};
  return plot::ScrollBox(plot::LineChart(losses, options));
}

std::string ScoreFigure(const FineTuneReport& report) {
  constexpr std::array kBounded = {"auroc", "auprc", "accuracy", "f1", "mcc", "r2", "pearson", "spearman"};
  std::vector<plot::IntervalRow> rows;
  for (const char* name : kBounded) {
    plot::IntervalRow row = {ScoreTitle(name), {}};
    for (const scores::ScoreTable& table : report.evaluation.tables)
      row.series.push_back(IntervalOf(table.overall, name));
    if (std::isfinite(row.series[0].value)) rows.push_back(row);
  }
  return plot::ScrollBox(plot::IntervalChart(
      rows, {.title = (report.part == "test" ? "Test scores" : "Validation scores") + std::string(", with intervals"),
             .x_label = "score",
             .series = Names(report),
             .least = kLeastDrawn,
             .chance = std::nan(""),
             .best = 1}));
}

std::string OutputFigure(const FineTuneReport& report) {
  const std::string name = OutputScore(report.task);
  std::vector<plot::IntervalRow> rows;
  for (const size_t output : SortedOutputs(report)) {
    plot::IntervalRow row = {report.task.outputs[output], {}};
    for (const scores::ScoreTable& table : report.evaluation.tables)
      row.series.push_back(IntervalOf(table.outputs[output].scores, name));
    rows.push_back(row);
  }
  const bool is_regression = report.task.kind == TaskKind::kRegression;
  return plot::ScrollBox(plot::IntervalChart(
      rows, {.title = fmt::format("{} over the {} examples, by output",
                                  is_regression ? "Correlation of predicted with observed" : "AUROC", report.part),
             .x_label = ScoreTitle(name),
             .series = Names(report),
             .least = kLeastDrawn,
             .chance = is_regression ? 0 : kChanceAuroc,
             .best = 1}));
}

std::string TaskFigures(const FineTuneReport& given, const FineTuneReport& learned) {
  return given.task.kind == TaskKind::kRegression ? RegressionFigures(given, learned) : ClassificationFigures(learned);
}

}  // namespace agront::tasks
