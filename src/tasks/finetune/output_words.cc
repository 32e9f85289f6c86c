// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/output_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "data/labelled/label_encoder.h"

namespace agront::tasks {
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

}  // namespace

std::string OutputsInWords(const PredictionTask& task) {
  const bool is_named_by_word = !task.binary_words.empty() && task.outputs.front() == task.binary_words.back();
  if (task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken || is_named_by_word) {
    const std::vector<std::string>& classes = is_named_by_word ? task.binary_words : task.outputs;
    return (std::ranges::all_of(classes, IsNumber) ? "class " : "") + List(classes, "or");
  }
  if (task.outputs.size() == 1) return data::LabelInWords(task.outputs.front());
  return List(task.outputs, "and");
}

}  // namespace agront::tasks
