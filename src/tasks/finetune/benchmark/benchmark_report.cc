// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/benchmark/benchmark_report.h"
#include "base/path.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/ascii.h"
#include "base/output_file.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "formats/tables/table_writer.h"
#include "inference/finetuned_model.h"
#include "inference/provenance.h"
#include "model/open_model.h"
#include "plot/heat_map.h"
#include "plot/page.h"
#include "tasks/finetune/run/settings.h"

namespace agront::tasks {
namespace {

using Json = nlohmann::ordered_json;

struct Row {
  BenchmarkTask task;
  double train, valid, test;  ///< examples
  double value, low, high, kmers;
  double difference_low, difference_high;  ///< model less k-mers
  bool has_page;
};

double NumberAt(const Json& json, const std::string& path) {
  const Json::json_pointer pointer(path);
  const bool is_number = json.contains(pointer) && json[pointer].is_number();
  return is_number ? json[pointer].get<double>() : std::numeric_limits<double>::quiet_NaN();
}

Row RowOf(const BenchmarkTask& task, const std::string& folder) {
  const std::string of_task = Below(folder, task.name), path = Below(of_task, inference::kMetricsJson);
  const Json metrics = formats::ParseJson<Json>(ReadTextFile(path), path);
  return {.task = task,
          .train = NumberAt(metrics, "/examples/train"),
          .valid = NumberAt(metrics, "/examples/valid"),
          .test = NumberAt(metrics, "/examples/test"),
          .value = NumberAt(metrics, "/test/" + task.score),
          .low = NumberAt(metrics, "/test/" + task.score + "_low"),
          .high = NumberAt(metrics, "/test/" + task.score + "_high"),
          .kmers = NumberAt(metrics, "/baselines/k-mers/" + task.score),
          .difference_low = NumberAt(metrics, "/differences/k-mers/" + task.score + "/low"),
          .difference_high = NumberAt(metrics, "/differences/k-mers/" + task.score + "/high"),
          .has_page = std::filesystem::exists(Below(of_task, "report.html"))};
}

std::string Text(double value) { return std::isnan(value) ? "NA" : fmt::format("{:.4f}", value); }
std::string Count(double value) { return std::isnan(value) ? "NA" : fmt::format("{:.0f}", value); }

/// With a link to its own page, which several runs with their seeds do not have.
std::string NameOfTask(const Row& row) {
  const std::string name = plot::EscapeXml(row.task.name);
  if (!row.has_page) return name;
  std::string address;
  for (const char c : row.task.name) {
    const bool is_plain = IsAsciiLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
    address += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return fmt::format("<a href=\"{}/report.html\">{}</a>", address, name);
}

std::string IntervalOf(const Row& row) {
  return std::isnan(row.low) ? "NA" : fmt::format("{} to {}", Text(row.low), Text(row.high));
}

/// Whole: a number of digits would round it.
void WriteCount(double count, formats::TableWriter& table) {
  if (std::isnan(count))
    table.Missing();
  else
    table.Integer(static_cast<int64_t>(count));
}

void WriteTable(const std::vector<Row>& rows, const std::string& path, formats::TableOptions options) {
  constexpr int kDigits = 7;
  formats::TableWriter table(path,
                             {"task", "train", "valid", "test", "score", "value", "low", "high", "kmers", "published"},
                             std::move(options));
  for (const Row& row : rows) {
    table.Text(row.task.name);
    for (const double count : {row.train, row.valid, row.test}) WriteCount(count, table);
    table.Text(row.task.score);
    for (const double value : {row.value, row.low, row.high, row.kmers}) table.Number(value, kDigits);
    if (row.task.published.empty())
      table.Missing();
    else
      table.Text(row.task.published);
    table.EndRow();
  }
  table.Commit();
}

/// Bold where it is better than the other one, at the digits that are shown.
std::string Cell(double value, double other) {
  const bool is_better = value > other && Text(value) != Text(other);
  return is_better ? fmt::format("<td><b>{}</b></td>", Text(value)) : fmt::format("<td>{}</td>", Text(value));
}

/// How many tasks the model wins and loses, by the intervals of its differences from k-mers.
std::string Verdict(const std::vector<Row>& rows) {
  size_t better = 0, worse = 0, compared = 0;
  for (const Row& row : rows) {
    if (std::isnan(row.difference_low) || std::isnan(row.difference_high)) continue;
    ++compared;
    better += row.difference_low > 0 ? 1 : 0;
    worse += row.difference_high < 0 ? 1 : 0;
  }
  if (compared == 0) return "";
  const size_t same = compared - better - worse;
  const std::string verdict =
      same == compared ? fmt::format("<b>No significant difference from k-mers</b> in any of {} tasks", compared)
                       : fmt::format(
                             "<b>Better than k-mers in {} of {} tasks, worse in {}</b>; no significant difference "
                             "in {}",
                             better, compared, worse, same);
  return fmt::format(
      "<p class=\"verdict\">{}.</p>\n<p>A difference is significant where its 95 % interval, from paired bootstrap resamples of the test "
      "examples, does not contain 0.</p>\n",
      verdict);
}

std::string PageOf(const std::vector<Row>& rows, FinetuneMethod method, const inference::Provenance& provenance) {
  std::string html =
      "<table>\n<tr><th>task</th><th>examples (train, valid, test)</th><th>score</th><th>model</th><th>95 %</th>"
      "<th>k-mers</th><th>published</th></tr>\n";
  for (const Row& row : rows)
    html += fmt::format(
        "<tr><td>{}</td><td>{}, {}, {}</td><td>{}</td>{}"
        "<td>{}</td>{}<td class=\"words\">{}</td></tr>\n",
        NameOfTask(row), Count(row.train), Count(row.valid), Count(row.test), row.task.score,
        Cell(row.value, row.kmers), IntervalOf(row), Cell(row.kmers, row.value), plot::EscapeXml(row.task.published));
  html = plot::ScrollBox(html + "</table>\n");
  html +=
      "<p>Bold is the higher of model and k-mers. Published: AgroNT with IA3, as far as the article's source data give "
      "it; its test sets are those of the benchmark, for promoters and terminators split by species.</p>";
  std::string in_short = Verdict(rows);
  if (const auto note = provenance.find("note"); note != provenance.end())
    in_short += plot::Warning(note->second + ": these scores say nothing about AgroNT");
  return plot::Page("Plants Genomic Benchmark", fmt::format("{}, model {}", NameOf(method), provenance.at("model")),
                    (in_short.empty() ? "" : plot::Section("In short", in_short)) + plot::Section("Tasks", html));
}

}  // namespace

void WriteBenchmarkReport(const JobOptions& job, FinetuneMethod method, const std::vector<BenchmarkTask>& tasks) {
  const std::string& folder = job.output;
  const inference::Provenance provenance = inference::DescribeRun(job, *model::OpenModel(job.model));
  std::vector<Row> rows;
  for (const BenchmarkTask& task : tasks) rows.push_back(RowOf(task, folder));
  WriteTable(rows, Below(folder, "benchmark.tsv"), {.overwrite = true, .provenance = provenance});
  WriteTextFile(Below(folder, "report.html"), PageOf(rows, method, provenance));
}

}  // namespace agront::tasks
