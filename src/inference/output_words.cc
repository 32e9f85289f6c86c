// SPDX-License-Identifier: Apache-2.0
#include "inference/output_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "data/labelled/label_encoder.h"

namespace agront::inference {
namespace {

bool IsNumber(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

/// "a, b and c", of many the first three and how many more.
std::string List(const std::vector<std::string>& names, const char* last) {
  constexpr size_t kMost = 4;
  const size_t size = names.size(), named = size <= kMost ? size : kMost - 1;
  std::string text;
  for (size_t i = 0; i < named; ++i)
    text += (i == 0 ? "" : i + 1 == size ? fmt::format(" {} ", last) : ", ") + names[i];
  if (named < size) text += fmt::format(" {} {} more", last, size - named);
  return text;
}

/// Models of 0.1 recorded one word, and not whether it was a label.
bool HasWords(const PredictionTask& task) { return !task.binary_words.empty() && !task.binary_words.front().empty(); }

}  // namespace

std::string OutputsInWords(const PredictionTask& task) {
  const bool is_named_by_word = HasWords(task) && task.outputs.front() == task.binary_words.back();
  if (task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken || is_named_by_word) {
    const std::vector<std::string>& classes = is_named_by_word ? task.binary_words : task.outputs;
    return (std::ranges::all_of(classes, IsNumber) ? "class " : "") + List(classes, "or");
  }
  if (task.outputs.size() == 1) return data::LabelInWords(task.outputs.front());
  return List(task.outputs, "and");
}

std::string PositiveLabel(const PredictionTask& task) { return HasWords(task) ? task.binary_words.back() : "1"; }

std::vector<std::string> PredictedColumns(const PredictionTask& task) {
  if (task.kind == TaskKind::kBinary)
    return {HasWords(task) ? "predicted_" + task.binary_words.back() : std::string("predicted")};
  std::vector<std::string> columns;
  for (const std::string& output : task.outputs) columns.push_back("predicted_" + output);
  return columns;
}

}  // namespace agront::inference
