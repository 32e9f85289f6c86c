// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/heat_map.h"
#include "plot/page.h"
#include "scores/class_scorer.h"
#include "tasks/finetune/report/report_tables.h"

namespace agront::tasks {
namespace {

using plot::EscapeXml;

constexpr size_t kShown = 12;

/// How far one label of an example is from what was predicted.
struct Error {
  int64_t example;
  int64_t output;
  double size;
  std::string truth, prediction;
};

bool HasClasses(const PredictionTask& task) {
  return task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken;
}

/// Errors of numbers are in standard deviations of their output's labels: outputs may have different units. Where all
/// labels are one number, they are as they are.
std::vector<double> Spreads(const scores::LabelledPredictions& predictions) {
  std::vector<double> spreads(predictions.task.outputs.size(), 1.0);
  if (predictions.task.kind != TaskKind::kRegression) return spreads;
  for (size_t output = 0; output < spreads.size(); ++output) {
    std::vector<double> labels = scores::LabelColumn(predictions, static_cast<int64_t>(output));
    std::erase_if(labels, [](double label) { return std::isnan(label); });
    if (labels.empty()) continue;
    const auto [least, most] = std::ranges::minmax(labels);
    if (least == most) continue;
    const auto count = static_cast<double>(labels.size());
    const double mean = std::accumulate(labels.begin(), labels.end(), 0.0) / count;
    double squares = 0;
    for (const double label : labels) squares += (label - mean) * (label - mean);
    spreads[output] = std::sqrt(squares / count);
  }
  return spreads;
}

/// The largest, by their sizes on the scale that was learned; texts are of `predictions`.
std::vector<Error> Errors(const scores::LabelledPredictions& predictions, const scores::LabelledPredictions& learned) {
  const PredictionTask& task = predictions.task;
  const std::vector<double> spreads = Spreads(learned);
  const int64_t outputs = task.num_outputs();
  std::vector<Error> errors;
  for (int64_t i = 0; i < predictions.size; ++i) {
    if (HasClasses(task)) {
      if (std::isnan(predictions.labels[i])) continue;
      const auto truth = static_cast<int64_t>(predictions.labels[i]);
      errors.push_back({i, truth, 1 - predictions.predictions[i * outputs + truth], {}, {}});
      continue;
    }
    Error worst = {i, 0, -1, {}, {}};
    for (int64_t output = 0; output < outputs; ++output) {
      const size_t at = static_cast<size_t>(i * outputs + output);
      const double size = std::abs(learned.labels[at] - learned.predictions[at]) / spreads[output];
      if (size > worst.size) worst = {i, output, size, {}, {}};
    }
    if (worst.size >= 0) errors.push_back(worst);
  }
  const size_t shown = std::min(kShown, errors.size());
  std::ranges::partial_sort(
      errors, errors.begin() + static_cast<std::ptrdiff_t>(shown),
      [](const Error& a, const Error& b) { return a.size != b.size ? a.size > b.size : a.example < b.example; });
  errors.resize(shown);
  for (Error& error : errors) {
    const int64_t at = error.example * outputs + error.output;
    if (HasClasses(task)) {
      const int64_t said = scores::PredictedClass(predictions, error.example);
      error.truth = fmt::format("{} ({:.3f})", task.outputs[error.output], predictions.predictions[at]);
      error.prediction =
          fmt::format("{} ({:.3f})", task.outputs[said], predictions.predictions[error.example * outputs + said]);
    } else {
      const bool is_number = task.kind == TaskKind::kRegression;
      error.truth = is_number ? Number(predictions.labels[at]) : fmt::format("{:g}", predictions.labels[at]);
      error.prediction = Number(predictions.predictions[at]);
    }
  }
  return errors;
}

/// Both ends of a long sequence.
std::string Shorten(const std::string& bases) {
  constexpr size_t kHead = 36, kTail = 18;
  if (bases.size() <= kHead + kTail + 3) return bases;
  return bases.substr(0, kHead) + "…" + bases.substr(bases.size() - kTail);
}

}  // namespace

std::string WorstErrors(const FineTuneReport& given, const FineTuneReport& learned) {
  const scores::LabelledPredictions& predictions = given.predictions[0];
  const bool has_outputs = !HasClasses(given.task) && given.task.outputs.size() > 1;
  std::string html;
  if (given.task.kind == TaskKind::kRegression)
    html = fmt::format("<p>Furthest from the truth{}, in standard deviations of the labels.</p>\n",
                       given.learned ? " after " + EscapeXml(given.learned->transform) : "");
  const bool has_tokens = !predictions.tokens.empty();
  if (has_tokens)
    html += "<p>Start and end are the bases of the token in its sequence, counted from 0, without the end.</p>\n";
  std::string table =
      fmt::format("<table class=\"left\"><tr><th>example</th>{}{}<th>true</th><th>predicted</th>{}</tr>\n",
                  has_tokens ? "<th>start</th><th>end</th>" : "", has_outputs ? "<th>output</th>" : "",
                  given.bases ? "<th>bases</th><th>sequence</th>" : "");
  for (const Error& error : Errors(predictions, learned.predictions[0])) {
    table += fmt::format("<tr><td>{}</td>", EscapeXml(predictions.ids.empty() ? fmt::format("{}", error.example + 1)
                                                                              : predictions.ids[error.example]));
    if (has_tokens)
      table += fmt::format("<td>{}</td><td>{}</td>", predictions.tokens[static_cast<size_t>(error.example)].start,
                           predictions.tokens[static_cast<size_t>(error.example)].end);
    if (has_outputs) table += fmt::format("<td>{}</td>", EscapeXml(given.task.outputs[error.output]));
    table += fmt::format("<td>{}</td><td>{}</td>", EscapeXml(error.truth), EscapeXml(error.prediction));
    if (given.bases) {
      const std::string bases = given.bases(error.example);
      table += fmt::format("<td>{}</td><td><code>{}</code></td>", bases.size(), EscapeXml(Shorten(bases)));
    }
    table += "</tr>\n";
  }
  return html + plot::ScrollBox(table + "</table>\n");
}

}  // namespace agront::tasks
