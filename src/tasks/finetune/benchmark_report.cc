// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/benchmark_report.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/output_file.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "inference/provenance.h"
#include "plot/heat_map.h"
#include "plot/page.h"
#include "tasks/finetune/finetuned_model.h"
#include "tasks/finetune/settings.h"

namespace agront::tasks {
namespace {

using Json = nlohmann::ordered_json;

struct Row {
  BenchmarkTask task;
  int64_t train = 0, valid = 0, test = 0;
  double value, low, high, kmers;
};

double NumberAt(const Json& json, const std::string& path) {
  const Json::json_pointer pointer(path);
  const bool is_number = json.contains(pointer) && json[pointer].is_number();
  return is_number ? json[pointer].get<double>() : std::numeric_limits<double>::quiet_NaN();
}

Row RowOf(const BenchmarkTask& task, const std::string& folder) {
  const std::string path = Below(Below(folder, task.name), kMetricsJson);
  const Json metrics = formats::ParseJson<Json>(ReadTextFile(path), path);
  const auto count = [&](const char* part) {
    const double value = NumberAt(metrics, std::string("/examples/") + part);
    return std::isnan(value) ? 0 : static_cast<int64_t>(value);
  };
  return {.task = task,
          .train = count("train"),
          .valid = count("valid"),
          .test = count("test"),
          .value = NumberAt(metrics, "/test/" + task.score),
          .low = NumberAt(metrics, "/test/" + task.score + "_low"),
          .high = NumberAt(metrics, "/test/" + task.score + "_high"),
          .kmers = NumberAt(metrics, "/baselines/k-mers/" + task.score)};
}

std::string Text(double value) { return std::isnan(value) ? "NA" : fmt::format("{:.4f}", value); }

std::string TableOf(const std::vector<Row>& rows) {
  std::string table = "#task\ttrain\tvalid\ttest\tscore\tvalue\tlow\thigh\tkmers\tpublished\n";
  for (const Row& row : rows)
    table += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", row.task.name, row.train, row.valid, row.test,
                         row.task.score, Text(row.value), Text(row.low), Text(row.high), Text(row.kmers),
                         row.task.published.empty() ? "." : row.task.published);
  return table;
}

/// Bold where it is better than the other one, at the digits that are shown.
std::string Cell(double value, double other) {
  const bool is_better = value > other && Text(value) != Text(other);
  return is_better ? fmt::format("<td><b>{}</b></td>", Text(value)) : fmt::format("<td>{}</td>", Text(value));
}

std::string PageOf(const std::vector<Row>& rows, const FinetuneOptions& options) {
  std::string html =
      "<table>\n<tr><th>task</th><th>examples (train, valid, test)</th><th>score</th><th>model</th><th>95 %</th>"
      "<th>k-mers</th><th>published</th></tr>\n";
  for (const Row& row : rows)
    html += fmt::format(
        "<tr><td><a href=\"{0}/report.html\">{0}</a></td><td>{1}, {2}, {3}</td><td>{4}</td>{5}"
        "<td>{6} to {7}</td>{8}<td class=\"words\">{9}</td></tr>\n",
        plot::EscapeXml(row.task.name), row.train, row.valid, row.test, row.task.score, Cell(row.value, row.kmers),
        Text(row.low), Text(row.high), Cell(row.kmers, row.value), plot::EscapeXml(row.task.published));
  html = plot::ScrollBox(html + "</table>\n");
  html +=
      "<p>Published: AgroNT with IA3, as far as the article's source data give it; its test sets are those "
      "of the benchmark, for promoters and terminators split by species.</p>";
  return plot::Page("Plants Genomic Benchmark",
                    fmt::format("{}, model {}", NameOf(options.method),
                                options.job.model.empty() ? "agront-mini" : options.job.model),
                    plot::Section("Tasks", html));
}

}  // namespace

void WriteBenchmarkReport(const FinetuneOptions& options, const std::vector<BenchmarkTask>& tasks) {
  const std::string& folder = options.job.output;
  std::vector<Row> rows;
  for (const BenchmarkTask& task : tasks) rows.push_back(RowOf(task, folder));
  WriteTextFile(Below(folder, "benchmark.tsv"),
                inference::TableLines(inference::DescribeProgram(options.job)) + TableOf(rows));
  WriteTextFile(Below(folder, "report.html"), PageOf(rows, options));
}

}  // namespace agront::tasks
