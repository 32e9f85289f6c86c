// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/report.h"

#include <fmt/format.h>

#include "base/error.h"
#include "plot/heat_map.h"
#include "plot/page.h"
#include "tasks/finetune/report/report_figures.h"
#include "tasks/finetune/report/report_tables.h"

namespace agront::tasks {

std::string HeadlineScore(const PredictionTask& task) {
  switch (task.kind) {
    case TaskKind::kBinary:
    case TaskKind::kMultilabel: return "auroc";
    case TaskKind::kMulticlass:
    case TaskKind::kToken: return "mcc";
    case TaskKind::kRegression: return "r2";
  }
  Fail("report: unknown kind of task {}", static_cast<int>(task.kind));
}

namespace {

/// The report with the learned scale in the place of the given one; the same where there is none.
FineTuneReport OnLearnedScale(const FineTuneReport& report) {
  FineTuneReport learned = report;
  if (!report.learned) return learned;
  learned.predictions = report.learned->predictions;
  learned.evaluation = report.learned->evaluation;
  return learned;
}

std::string ScoreTables(const FineTuneReport& given, const FineTuneReport& learned) {
  if (!given.learned) return ScoreTable(given);
  return fmt::format(
      "<p>Scores after {}, the scale that was learned. Figures, verdict and differences on this page use it, too.</p>\n"
      "{}<p>Scores in the units of the labels, which a few large numbers may dominate:</p>\n{}",
      plot::EscapeXml(given.learned->transform), ScoreTable(learned), ScoreTable(given));
}

/// The meaning of the intervals.
std::string ScoreNotes(const FineTuneReport& report) {
  std::string sentences;
  if (report.bootstrap.resamples > 0)
    sentences = fmt::format(
        "Intervals are percentiles of {} bootstrap resamples of the {} {} {}, for {} %. They show how far the choice of "
        "examples moves a score, and say nothing about chance in training.",
        report.bootstrap.resamples, report.predictions[0].size, report.part,
        report.task.kind == TaskKind::kToken ? "tokens" : "examples", 100 * report.bootstrap.confidence);
  if (report.task.kind != TaskKind::kRegression)
    sentences += std::string(sentences.empty() ? "" : " ") + "AUPRC is average precision.";
  return sentences.empty() ? "" : "<p>" + sentences + "</p>\n";
}

/// The sections with predictions and scores.
std::string ScoreSections(const FineTuneReport& report, const FineTuneReport& learned) {
  std::string body = plot::Section(
      "Scores", ScoreFigure(learned) + ScoreTables(report, learned) + PredictorNotes(report) + ScoreNotes(report));
  body += plot::Section("Predictions", TaskFigures(report, learned));
  if (!report.evaluation.tables[0].outputs.empty())
    body += plot::Section("Outputs", OutputFigure(learned) + OutputTable(learned));
  if (!report.evaluation.differences.empty())
    body += plot::Section(
        "Model and baselines",
        "<p>Score of the model less score of the baseline, on the same resamples (paired bootstrap). p is "
        "two-sided.</p>\n" +
            DifferenceTable(learned));
  return body + plot::Section("Worst errors", WorstErrors(report, learned));
}

}  // namespace

std::string FineTuneReportPage(const FineTuneReport& report) {
  const FineTuneReport learned = OnLearnedScale(report);
  std::string body;
  if (const std::string in_short = Verdict(learned) + Warnings(report); !in_short.empty())
    body += plot::Section("In short", in_short);
  if (!report.evaluation.tables.empty()) body += ScoreSections(report, learned);
  if (const std::string curves = LearningCurves(report); !curves.empty()) body += plot::Section("Learning", curves);
  body += plot::Section("Data", SplitTable(report) + FactTable(report.data));
  body += plot::Section("Method", FactTable(report.method));
  return plot::Page(report.title, report.about, body);
}

}  // namespace agront::tasks
