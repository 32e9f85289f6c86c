// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tasks/finetune/report/report_tables.h"

namespace agront::tasks {
namespace {

struct Kind {
  TaskKind kind;
  std::vector<std::string> outputs;
};

const std::vector<Kind> kKinds = {{TaskKind::kBinary, {"a<b"}},
                                  {TaskKind::kMulticlass, {"none", "a<b", "TATA"}},
                                  {TaskKind::kMultilabel, {"leaf", "a<b"}},
                                  {TaskKind::kRegression, {"a<b"}},
                                  {TaskKind::kRegression, {"leaf", "a<b", "root", "pollen"}},
                                  {TaskKind::kToken, {"exon", "a<b"}}};

scores::LabelledPredictions RandomPredictions(const Kind& kind, int64_t size, double missing) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform;
  scores::LabelledPredictions predictions;
  predictions.task = {kind.kind, kind.outputs};
  predictions.size = size;
  const int64_t outputs = predictions.task.num_outputs();
  const bool are_classes = kind.kind == TaskKind::kMulticlass || kind.kind == TaskKind::kToken;
  const auto classes = static_cast<uint32_t>(are_classes ? outputs : 2);
  for (int64_t i = 0; i < size * predictions.labels_per_example(); ++i) {
    const double label = kind.kind == TaskKind::kRegression ? uniform(random) : static_cast<double>(random() % classes);
    predictions.labels.push_back(uniform(random) < missing ? std::numeric_limits<double>::quiet_NaN() : label);
  }
  for (int64_t i = 0; i < size * outputs; ++i) predictions.predictions.push_back(uniform(random));
  if (kind.kind != TaskKind::kToken)
    for (int64_t i = 0; i < size; ++i) predictions.ids.push_back("gene<" + std::to_string(i));
  return predictions;
}

FineTuneReport ReportOf(const scores::LabelledPredictions& model) {
  FineTuneReport report;
  report.title = "A test";
  report.task = model.task;
  report.predictions = {model, model};
  for (double& value : report.predictions[1].predictions) value *= 0.9;
  report.predictors = {{"model", ""}, {"k-mers", "5-mers & more"}};
  report.bootstrap.resamples = 20;
  report.evaluation = scores::Evaluate(report.predictions, report.bootstrap);
  report.bases = [](int64_t) { return std::string(5000, 'A'); };
  return report;
}

void ExpectSound(const std::string& html) {
  EXPECT_EQ(html.find("nan"), std::string::npos);
  EXPECT_EQ(html.find("inf<"), std::string::npos);
  EXPECT_EQ(html.find("+–"), std::string::npos);
  EXPECT_EQ(html.find("a<b"), std::string::npos);
  EXPECT_EQ(html.find("gene<"), std::string::npos);
  for (size_t at = html.find("http"); at != std::string::npos; at = html.find("http", at + 1))
    EXPECT_TRUE(html.substr(at).starts_with("http://www.w3.org/2000/svg\"")) << html.substr(at, 40);  // no address
  EXPECT_NE(html.find("</html>"), std::string::npos);
}

TEST(FineTuneReportPage, IsSoundForEveryKindOfTask) {
  for (const Kind& kind : kKinds)
    for (const double missing : {0.0, 0.2, 1.0}) {
      const std::string html = FineTuneReportPage(ReportOf(RandomPredictions(kind, 60, missing)));
      ExpectSound(html);
      EXPECT_LT(html.size(), 200'000U);  // sequences are shortened
    }
}

TEST(FineTuneReportPage, NamesTheExamplesThatWereScored) {
  for (const Kind& kind : kKinds) {
    FineTuneReport report = ReportOf(RandomPredictions(kind, 60, 0));
    EXPECT_EQ(FineTuneReportPage(report).find("alidation"), std::string::npos);
    report.title = "A page";
    report.part = "validation";
    const std::string html = FineTuneReportPage(report);
    EXPECT_EQ(html.find("test"), std::string::npos) << html.substr(html.find("test"), 60);
    EXPECT_NE(html.find(" on the 60 validation "), std::string::npos);
    EXPECT_NE(html.find("bootstrap resamples of the 60 validation "), std::string::npos);
    EXPECT_NE(html.find("Validation scores, with intervals"), std::string::npos);
    const bool has_outputs = html.find(" over the validation examples, by output") != std::string::npos;
    EXPECT_EQ(has_outputs, kind.outputs.size() > 1);
  }
}

TEST(FineTuneReportPage, TellsOfDataAndMethodWhereNothingWasScored) {
  for (const Kind& kind : kKinds) {
    FineTuneReport report = ReportOf(RandomPredictions(kind, 60, 0));
    report.predictions = {RandomPredictions(kind, 0, 0)};
    report.evaluation = {};
    report.method = {{"updates", "12"}};
    const std::string html = FineTuneReportPage(report);
    ExpectSound(html);
    EXPECT_EQ(html.find("Scores"), std::string::npos);
    EXPECT_NE(html.find("<td>updates</td>"), std::string::npos);
  }
}

TEST(FineTuneReportPage, SaysNothingOfIntervalsWithoutResamples) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds[0], 60, 0));
  report.bootstrap.resamples = 0;
  report.evaluation = scores::Evaluate(report.predictions, report.bootstrap);
  const std::string html = FineTuneReportPage(report);
  EXPECT_EQ(html.find("bootstrap resamples"), std::string::npos);
  EXPECT_NE(html.find("AUPRC is average precision."), std::string::npos);
}

TEST(FineTuneReportPage, AnnouncesNoComparisonWithoutBaselines) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds[0], 60, 0));
  EXPECT_NE(FineTuneReportPage(report).find("which any model has to beat"), std::string::npos);
  report.predictions.resize(1);
  report.predictors.resize(1);
  report.evaluation = scores::Evaluate(report.predictions, report.bootstrap);
  EXPECT_EQ(FineTuneReportPage(report).find("which any model has to beat"), std::string::npos);
}

TEST(FineTuneReportPage, LeavesOutTheConfusionOfMoreClassesThanCanBeRead) {
  for (const int classes : {60, 61}) {
    Kind kind = {TaskKind::kMulticlass, {}};
    for (int i = 0; i < classes; ++i) kind.outputs.push_back("class " + std::to_string(i));
    const std::string html = FineTuneReportPage(ReportOf(RandomPredictions(kind, 200, 0)));
    EXPECT_EQ(html.find("Confusion of model") == std::string::npos, classes > 60);
    EXPECT_EQ(html.find("The confusion of 61 classes is left out") != std::string::npos, classes > 60);
  }
}

TEST(FineTuneReportPage, HasNoTableOfPartsWithoutParts) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds.back(), 60, 0));
  EXPECT_EQ(FineTuneReportPage(report).find(" of length alone"), std::string::npos);
  report.splits.emplace_back().name = "training";
  EXPECT_NE(FineTuneReportPage(report).find(" of length alone"), std::string::npos);
}

TEST(FineTuneReportPage, TellsHowManyExamplesACalibratedPointIsOf) {
  scores::LabelledPredictions model = RandomPredictions(kKinds[0], 60, 0);
  for (int64_t i = 0; i < 60; ++i) model.predictions[i] = i < 17 ? 0.1 : 0.9;
  const std::string html = FineTuneReportPage(ReportOf(model));
  EXPECT_NE(html.find("<title>model: 17 examples at 0.100, "), std::string::npos);
  EXPECT_NE(html.find("<title>model: 43 examples at 0.900, "), std::string::npos);
}

TEST(FineTuneReportPage, NamesTheWorstErrorFirst) {
  scores::LabelledPredictions model = RandomPredictions(kKinds[0], 60, 0);
  for (int64_t i = 0; i < 60; ++i) model.predictions[i] = model.labels[i] == 1 ? 0.9 : 0.1;
  model.predictions[41] = 1 - model.labels[41];
  const std::string html = FineTuneReportPage(ReportOf(model));
  const size_t table = html.find("Worst errors");
  EXPECT_EQ(html.find("gene&lt;", table), html.find("gene&lt;41", table));
}

TEST(ScoreTable, MarksTheBestUnlessAllTieAtThePrintedDigits) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds[0], 60, 0));
  report.evaluation.tables.push_back(report.evaluation.tables[1]);
  const auto marked = [&](const std::string& name, const std::vector<double>& values) {
    for (size_t i = 0; i < values.size(); ++i)
      report.evaluation.tables[i].overall = {{name, values[i], std::nan(""), std::nan("")}};
    const std::string html = ScoreTable(report);
    std::string of_columns;  // + where the column's value is marked
    for (size_t at = html.find("<td>", html.find("</td>")); at != std::string::npos; at = html.find("<td>", at + 1))
      of_columns += html.substr(at).starts_with("<td><b class=\"best\">") ? '+' : '-';
    return of_columns;
  };
  const double none = std::nan("");
  EXPECT_EQ(marked("auroc", {0.901, 0.900, 0.8}), "+--");
  EXPECT_EQ(marked("auroc", {0.899, 0.900, 0.8}), "-+-");
  EXPECT_EQ(marked("mse", {0.899, 0.900, 0.9}), "+--");
  EXPECT_EQ(marked("auroc", {0.9003, 0.8998, 0.8}), "++-");
  EXPECT_EQ(marked("auroc", {0.9003, 0.8998, 0.9}), "---");
  EXPECT_EQ(marked("auroc", {0.8, none, 0.9}), "--+");
  EXPECT_EQ(marked("auroc", {none, none, none}), "---");
}

TEST(FineTuneReportPage, SaysWhereTheWorstTokensAre) {
  scores::LabelledPredictions model = RandomPredictions(kKinds.back(), 60, 0);
  for (int64_t i = 0; i < 60; ++i) {
    model.ids.emplace_back("gene_1");
    model.tokens.push_back({6 * i, 6 * i + 6});
    const bool is_wrong = i == 41;
    for (int64_t output = 0; output < 2; ++output)
      model.predictions[2 * i + output] = (model.labels[i] == static_cast<double>(output)) != is_wrong ? 0.9 : 0.1;
  }
  const std::string html = FineTuneReportPage(ReportOf(model));
  const size_t table = html.find("Worst errors");
  EXPECT_NE(html.find("<th>example</th><th>start</th><th>end</th>", table), std::string::npos);
  EXPECT_EQ(html.find("<td>gene_1</td>", table), html.find("<td>gene_1</td><td>246</td><td>252</td>", table));
}

/// A report of numbers between 0 and 1,400 that were learned as their logarithms.
FineTuneReport ReportOfLogarithms(const std::vector<double>& labels, const std::vector<double>& predicted) {
  scores::LabelledPredictions model;
  model.task = {TaskKind::kRegression, {"leaf"}};
  model.size = static_cast<int64_t>(labels.size());
  model.labels = labels;
  model.predictions = predicted;
  for (int64_t i = 0; i < model.size; ++i) model.ids.push_back("gene_" + std::to_string(i));
  FineTuneReport report = ReportOf(model);
  scores::LabelledPredictions learned = model;
  for (std::vector<double>* values : {&learned.labels, &learned.predictions})
    for (double& value : *values) value = std::log1p(value);
  report.learned = {"log1p", true, {learned, learned}, {}};
  report.learned->evaluation = scores::Evaluate(report.learned->predictions, report.bootstrap);
  return report;
}

TEST(FineTuneReportPage, OrdersWorstErrorsByTheScaleThatWasLearned) {
  // 400 is further from 1,400 than 0 from 90, but less far as a logarithm.
  const std::string html = FineTuneReportPage(ReportOfLogarithms({1400, 90, 3, 20}, {400, 0, 3, 20}));
  const size_t table = html.find("Worst errors");
  EXPECT_EQ(html.find("gene_", table), html.find("gene_1", table));
  EXPECT_NE(html.find("<td>90.00</td><td>0.000</td>", table), std::string::npos);
  EXPECT_NE(html.find("<td>1,400</td><td>400.0</td>", table), std::string::npos);
}

TEST(FineTuneReportPage, OrdersWorstErrorsOfSeveralOutputsByTheirSpreads) {
  // Labels of the first output vary by 1 around a large number, those of the second by 1000 around 0.
  scores::LabelledPredictions model;
  model.task = {TaskKind::kRegression, {"large", "wide"}};
  model.size = 4;
  model.labels = {1e9, 0, 1e9 + 1, 1000, 1e9, 0, 1e9 + 1, 1000};
  model.predictions = model.labels;
  model.predictions[2] += 0.5;  // of "gene_1", one standard deviation
  model.predictions[5] += 300;  // of "gene_2", 0.6 of one
  for (int64_t i = 0; i < model.size; ++i) model.ids.push_back("gene_" + std::to_string(i));
  const std::string html = FineTuneReportPage(ReportOf(model));
  const size_t table = html.find("Worst errors");
  EXPECT_EQ(html.find("gene_", table), html.find("gene_1", table));
}

TEST(FineTuneReportPage, DrawsLogarithmsInTheUnitsOfTheLabels) {
  const std::string html = FineTuneReportPage(ReportOfLogarithms({1400, 90, 3, 20}, {400, 0, 3, 20}));
  EXPECT_NE(html.find("observed (axis: log(1 + value))"), std::string::npos);
  EXPECT_NE(html.find(">30</text>"), std::string::npos);  // which even steps up to 1,400 do not have
}

TEST(FineTuneReportPage, SaysFirstWhoWon) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds[0], 60, 0));
  report.predictors.push_back({"G<C", ""});
  report.evaluation.tables.push_back(report.evaluation.tables[1]);
  report.evaluation.differences.push_back(report.evaluation.differences[0]);
  const auto page = [&](double low_of_kmers, double low_of_gc) {
    report.evaluation.differences[0][0] = {"auroc", low_of_kmers + 0.1, low_of_kmers, low_of_kmers + 0.2, 0.04};
    report.evaluation.differences[1][0] = {"auroc", low_of_gc + 0.1, low_of_gc, low_of_gc + 0.2, 0.04};
    const std::string html = FineTuneReportPage(report);
    return html.substr(html.find("In short</h2>\n") + 14);
  };
  EXPECT_TRUE(page(0.1, -0.3).starts_with(
      "<p class=\"verdict\"><b>Worse than G&lt;C by 0.200</b> (95 % interval 0.100 to 0.300).</p>\n"
      "<p class=\"verdict\">Better than k-mers by 0.200 (95 % interval 0.100 to 0.300).</p>\n"
      "<p class=\"verdict\">AUROC on the 60 test examples: "));
  EXPECT_TRUE(page(0.1, -0.1).starts_with(
      "<p class=\"verdict\"><b>Not significantly different from G&lt;C</b> (+0.000, 95 % interval -0.100 to 0.100).</p>\n"
      "<p class=\"verdict\">Better than k-mers by 0.200 ("));
  EXPECT_TRUE(page(0.1, 0.2).starts_with("<p class=\"verdict\"><b>Better than k-mers by 0.200</b> ("));
  EXPECT_NE(page(0.1, 0.2).find("A difference is significant where its 95 % interval, from 20 paired"),
            std::string::npos);
}

TEST(FineTuneReportPage, MarksTheUpdateThatWasKept) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds[0], 60, 0));
  report.train_loss = {.name = "training", .x = {1, 2, 3}, .y = {3, 2, 1}};
  report.valid_loss = {.name = "validation", .x = {0, 2, 3}, .y = {3, 1, 2}};
  report.kept_update = 2;
  EXPECT_NE(FineTuneReportPage(report).find(">kept: update 2</text>"), std::string::npos);
}

TEST(Number, HasAsManyDigitsAsPeopleRead) {
  EXPECT_EQ(Number(0.12345), "0.123");
  EXPECT_EQ(Number(-19.866), "-19.87");
  EXPECT_EQ(Number(651.68), "651.7");
  EXPECT_EQ(Number(45250.3), "45,250");
  EXPECT_EQ(Number(-123456), "-123,456");
  EXPECT_EQ(Number(1234567), "1,234,567");
  EXPECT_EQ(Number(5e12), "5e+12");
  EXPECT_EQ(Number(std::nan("")), "–");
}

TEST(FineTuneReportPage, CallsNothingSignificantWithoutIntervals) {
  FineTuneReport report = ReportOf(RandomPredictions(kKinds[0], 60, 0));
  report.bootstrap.resamples = 0;
  report.evaluation = scores::Evaluate(report.predictions, report.bootstrap);
  report.evaluation.differences[0][0].value = -0.25;
  const std::string html = FineTuneReportPage(report);
  EXPECT_NE(html.find("<b>Lower than k-mers by 0.250</b> (no interval)"), std::string::npos);
  EXPECT_EQ(html.find("ignificant"), std::string::npos);
}

TEST(Summarize, TellsLengthAsAConfounder) {
  const PredictionTask task = {TaskKind::kBinary, {"lncRNA"}};
  baselines::LabelledSequences set;
  set.size = 40;
  set.bases = [](int64_t i) { return std::string(static_cast<size_t>(i % 2 == 0 ? 10 : 30), i % 4 < 2 ? 'G' : 'A'); };
  for (int64_t i = 0; i < set.size; ++i) set.labels.push_back(i % 2 == 0 ? 1 : 0);
  const SplitSummary summary = Summarize("test", task, set);
  EXPECT_EQ(summary.shortest, 10);
  EXPECT_EQ(summary.longest, 30);
  EXPECT_DOUBLE_EQ(summary.gc, 0.5);
  EXPECT_DOUBLE_EQ(summary.label_values[0], 0.5);
  EXPECT_DOUBLE_EQ(summary.length_tells, 1);
  EXPECT_DOUBLE_EQ(summary.gc_tells, 0.5);
}

TEST(Summarize, TakesGcOfAllBases) {
  const PredictionTask task = {TaskKind::kRegression, {"strength"}};
  baselines::LabelledSequences set;
  const std::vector<std::string> sequences = {"GC", "ATATAT", "NNNNNNNN"};
  set.size = 3;
  set.bases = [&](int64_t i) { return sequences[static_cast<size_t>(i)]; };
  set.labels = {1, 2, 3};
  EXPECT_DOUBLE_EQ(Summarize("test", task, set).gc, 0.25);
}

}  // namespace
}  // namespace agront::tasks
