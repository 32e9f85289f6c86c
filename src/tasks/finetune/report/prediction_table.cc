// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/report/prediction_table.h"

#include <utility>
#include <vector>

#include "inference/output_words.h"
#include "inference/table_output.h"

namespace agront::tasks {
namespace {

constexpr int kDigits = 7;

bool IsOneClass(const PredictionTask& task) {
  return task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken;
}

/// Whether a row stands for bases that the table names.
bool HasBases(const scores::LabelledPredictions& predictions, const data::LabelledSet& set) {
  return !predictions.tokens.empty() || set.has_placements();
}

std::vector<std::string> ColumnsOf(const scores::LabelledPredictions& predictions, const data::LabelledSet& set) {
  const PredictionTask& task = predictions.task;
  std::vector<std::string> columns = {"id"};
  if (HasBases(predictions, set)) columns = inference::ColumnsOfBases("id", set.has_placements(), {});
  if (set.has_groups()) columns.emplace_back("group");
  if (IsOneClass(task) || task.kind == TaskKind::kBinary)
    columns.emplace_back("label");
  else
    columns.insert(columns.end(), task.outputs.begin(), task.outputs.end());
  for (std::string& column : inference::PredictedColumns(task)) columns.push_back(std::move(column));
  return columns;
}

void WriteExample(const scores::LabelledPredictions& predictions, size_t i, const data::LabelledSet& set,
                  formats::TableWriter& table) {
  if (!HasBases(predictions, set)) return table.Text(predictions.ids[i]);
  const int64_t example = predictions.examples[i];
  const scores::TokenBases bases =
      predictions.tokens.empty() ? scores::TokenBases{0, set.length(example)} : predictions.tokens[i];
  if (!set.has_placements()) return inference::WriteBases(table, predictions.ids[i], nullptr, bases.start, bases.end);
  const genome::Placement placement = set.placement(example);
  inference::WriteBases(table, predictions.ids[i], &placement, bases.start, bases.end);
}

}  // namespace

void WritePredictionTable(const scores::LabelledPredictions& predictions, const data::LabelledSet& set,
                          const std::string& path, formats::TableOptions options) {
  const PredictionTask& task = predictions.task;
  formats::TableWriter table(path, ColumnsOf(predictions, set), std::move(options));
  const auto labels = static_cast<size_t>(predictions.labels_per_example());
  const auto outputs = static_cast<size_t>(task.num_outputs());
  for (size_t i = 0; i < static_cast<size_t>(predictions.size); ++i) {
    WriteExample(predictions, i, set, table);
    if (set.has_groups()) table.Text(set.group(predictions.examples[i]));
    for (size_t l = 0; l < labels; ++l) {
      const double label = predictions.labels[i * labels + l];
      if (IsOneClass(task))
        table.Text(task.outputs[static_cast<size_t>(label)]);
      else
        table.Number(label, kDigits);
    }
    for (size_t o = 0; o < outputs; ++o) table.Number(predictions.predictions[i * outputs + o], kDigits);
    table.EndRow();
  }
  table.Commit();
}

}  // namespace agront::tasks
