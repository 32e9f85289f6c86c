// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/report_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "data/labelled/label_encoder.h"
#include "plot/heat_map.h"
#include "plot/page.h"
#include "scores/scorer.h"

namespace agront::tasks {
namespace {

using plot::EscapeXml;

/// The title of the column with the mean of an output's labels.
std::string MeanTitle(const PredictionTask& task, const std::string& output) {
  if (task.kind == TaskKind::kRegression) return "mean " + output;
  return "share " + (task.kind == TaskKind::kBinary && output == data::kUnnamedLabel ? "positive" : output);
}

std::string Signed(double value) { return (value >= 0 ? "+" : "") + Number(value); }

std::string WithInterval(double value, double low, double high) {
  if (!std::isfinite(low)) return Number(value);
  return fmt::format("{} <small>{} to {}</small>", Number(value), Number(low), Number(high));
}

std::string Probability(double p) { return p < 0.01 ? fmt::format("{:.1g}", p) : fmt::format("{:.2f}", p); }

/// The best value of a score as it is printed, which several may share; "" where all have the same.
std::string BestPrinted(const FineTuneReport& report, size_t score) {
  double least = std::nan(""), most = std::nan("");
  for (const scores::ScoreTable& table : report.evaluation.tables) {
    least = std::fmin(least, table.overall[score].value);
    most = std::fmax(most, table.overall[score].value);
  }
  if (Number(least) == Number(most)) return "";
  return Number(scores::IsLowerBetter(report.evaluation.tables[0].overall[score].name) ? least : most);
}

}  // namespace

std::string Number(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value)) return "–";
  if (size < 10) return fmt::format("{:.3f}", value);
  if (size < 1000) return fmt::format("{:.{}f}", value, size < 100 ? 2 : 1);
  constexpr double kMostWritten = 1e9;
  if (size >= kMostWritten) return fmt::format("{:.3g}", value);
  std::string digits = fmt::format("{:.0f}", value);
  for (auto at = static_cast<int>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string ScoreTitle(const std::string& name) {
  static const std::map<std::string, std::string> titles = {{"auroc", "AUROC"},
                                                            {"auprc", "AUPRC"},
                                                            {"accuracy", "accuracy"},
                                                            {"f1", "F1"},
                                                            {"f1_micro", "F1, micro"},
                                                            {"mcc", "MCC"},
                                                            {"log_loss", "log loss"},
                                                            {"brier", "Brier score"},
                                                            {"ece", "calibration error"},
                                                            {"hamming_loss", "Hamming loss"},
                                                            {"r2", "R²"},
                                                            {"pearson", "Pearson"},
                                                            {"pearson_squared", "Pearson²"},
                                                            {"spearman", "Spearman"},
                                                            {"mse", "mean squared error"},
                                                            {"mae", "mean absolute error"}};
  const auto found = titles.find(name);
  return found == titles.end() ? name : found->second;
}

std::string ScoreTable(const FineTuneReport& report) {
  std::string html = "<table><tr><th>score</th>";
  for (const auto& predictor : report.predictors) html += fmt::format("<th>{}</th>", EscapeXml(predictor.name));
  html += "</tr>\n";
  for (size_t score = 0; score < report.evaluation.tables[0].overall.size(); ++score) {
    const std::string best = BestPrinted(report, score);
    html += fmt::format("<tr><td>{}</td>", ScoreTitle(report.evaluation.tables[0].overall[score].name));
    for (const scores::ScoreTable& table : report.evaluation.tables) {
      const scores::Score& of = table.overall[score];
      const std::string text = WithInterval(of.value, of.low, of.high);
      html += Number(of.value) == best ? fmt::format("<td><b class=\"best\">{}</b></td>", text)
                                       : fmt::format("<td>{}</td>", text);
    }
    html += "</tr>\n";
  }
  return plot::ScrollBox(html + "</table>\n");
}

std::string Warnings(const FineTuneReport& report) {
  std::string html;
  for (const std::string& warning : report.warnings) html += plot::Warning(warning);
  return html;
}

std::string PredictorNotes(const FineTuneReport& report) {
  std::string html = "<p>";
  for (const auto& predictor : report.predictors)
    if (!predictor.about.empty())
      html += fmt::format("<b>{}</b>: {}.<br>\n", EscapeXml(predictor.name), EscapeXml(predictor.about));
  for (const std::string& sentence : report.left_out) html += EscapeXml(sentence) + ".<br>\n";
  return html + "</p>\n";
}

std::string DifferenceTable(const FineTuneReport& report) {
  std::string html = "<table><tr><th>model less</th>";
  for (size_t i = 1; i < report.predictors.size(); ++i)
    html += fmt::format("<th>{}</th>", EscapeXml(report.predictors[i].name));
  html += "</tr>\n";
  const auto& differences = report.evaluation.differences;
  for (size_t score = 0; score < differences[0].size(); ++score) {
    html += fmt::format("<tr><td>{}</td>", ScoreTitle(differences[0][score].name));
    for (const auto& of_baseline : differences) {
      const auto& [name, value, low, high, p_value] = of_baseline[score];
      html += fmt::format("<td>{}", Signed(value));
      if (std::isfinite(low))
        html += fmt::format(" <small>{} to {}, p = {}</small>", Signed(low), Signed(high), Probability(p_value));
      html += "</td>";
    }
    html += "</tr>\n";
  }
  return plot::ScrollBox(html + "</table>\n");
}

std::string OutputTable(const FineTuneReport& report) {
  const auto& outputs = report.evaluation.tables[0].outputs;
  std::string html = "<table><tr><th>output</th>";
  for (const scores::Score& score : outputs[0].scores) html += fmt::format("<th>{}</th>", ScoreTitle(score.name));
  html += "</tr>\n";
  for (const auto& [output, scores] : outputs) {
    html += fmt::format("<tr><td>{}</td>", EscapeXml(output));
    for (const scores::Score& score : scores) html += fmt::format("<td>{}</td>", Number(score.value));
    html += "</tr>\n";
  }
  return plot::ScrollBox(html + "</table>\n");
}

std::string SplitTable(const FineTuneReport& report) {
  if (report.splits.empty()) return "";
  const bool is_regression = report.task.kind == TaskKind::kRegression;
  constexpr size_t kMostOutputs = 6;
  const size_t outputs = std::min(report.task.outputs.size(), kMostOutputs);
  std::string html = "<table><tr><th>part</th><th>examples</th><th>length</th><th>mean length</th><th>GC</th>";
  for (size_t i = 0; i < outputs; ++i)
    html += fmt::format("<th>{}</th>", EscapeXml(MeanTitle(report.task, report.task.outputs[i])));
  const char* score = is_regression ? "|Spearman|" : "AUROC";
  html += fmt::format("<th>missing labels</th><th>{0} of length alone</th><th>{0} of GC alone</th></tr>\n", score);
  for (const SplitSummary& split : report.splits) {
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.0f}</td><td>{:.1f} %</td>", EscapeXml(split.name),
                        split.examples,
                        split.shortest == split.longest ? fmt::format("{}", split.longest)
                                                        : fmt::format("{} to {}", split.shortest, split.longest),
                        split.mean_length, 100 * split.gc);
    for (size_t i = 0; i < outputs; ++i)
      html += fmt::format("<td>{}</td>", i < split.label_values.size() ? Number(split.label_values[i]) : "–");
    html += fmt::format("<td>{}</td><td>{}</td><td>{}</td></tr>\n", split.missing_labels, Number(split.length_tells),
                        Number(split.gc_tells));
  }
  html = plot::ScrollBox(html + "</table>\n");
  if (report.task.outputs.size() > outputs)
    html += fmt::format("<p>The first {} of {} outputs.</p>\n", outputs, report.task.outputs.size());
  return html + fmt::format("<p>How well length or GC alone predicts the labels: {}.</p>\n",
                            is_regression
                                ? "the largest |Spearman| with an output; 0 is no relation"
                                : "AUROC in the better direction, the largest of all outputs; 0.5 is guessing");
}

std::string FactTable(const std::vector<ReportFact>& facts) {
  std::string html = "<table class=\"left\">\n";
  for (const auto& [name, value] : facts)
    html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", EscapeXml(name), EscapeXml(value));
  return plot::ScrollBox(html + "</table>\n");
}

}  // namespace agront::tasks
