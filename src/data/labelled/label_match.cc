// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/label_match.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"

namespace agront::data {
namespace {

std::string Shown(const std::vector<std::string>& names) {
  return formats::Printable(fmt::format("{}", fmt::join(names, ", ")));
}

/// Columns of BED have numbers for names.
bool IsNumber(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

size_t OneLabel(const std::vector<std::string>& names, const PredictionTask& task, const std::string& place) {
  if (names.size() == 1) return 0;
  std::vector<std::string> likely = {"label", "labels"};
  if (task.kind != TaskKind::kMulticlass && !task.outputs.empty()) likely.insert(likely.begin(), task.outputs.front());
  for (const std::string& name : likely)
    if (const auto found = std::ranges::find(names, name); found != names.end())
      return static_cast<size_t>(found - names.begin());
  FailUsage("{}: expected one column of labels, got {}; --label-column chooses", place, Shown(names));
}

}  // namespace

LabelMatch MatchLabels(const std::vector<std::string>& names, const PredictionTask& task, const LabelledInput& input,
                       const std::string& place) {
  const auto count = static_cast<size_t>(task.num_labels());
  LabelMatch match;
  match.labels.resize(count);
  std::iota(match.labels.begin(), match.labels.end(), 0);
  const auto is_output = [&](const std::string& name) { return std::ranges::count(task.outputs, name) > 0; };
  if (names.empty() || count == 0) return match;
  if (count > 1 && names.size() == count && std::ranges::all_of(names, IsNumber) &&
      std::ranges::none_of(names, is_output))
    return match;
  if (count == 1) {
    if (input.label_columns.size() > 1)
      FailUsage("{}: expected one column of labels for a model of one, got {}", place, Shown(names));
    match.labels = {OneLabel(names, task, place)};
  } else {
    for (const std::string& name : input.label_columns)
      if (!is_output(name) && !is_output(std::string(formats::TrimBlanks(name))))  // a list may have blanks
        FailUsage("{}: expected outputs of the model, which are {}; got {}", place, Shown(task.outputs),
                  formats::Printable(name));
    for (size_t i = 0; i < count; ++i) {
      const auto found = std::ranges::find(names, task.outputs[i]);
      if (found == names.end())
        FailUsage("{}: expected a label for each output of the model, {}; got {}{}", place, Shown(task.outputs),
                  Shown(names), input.output_names.empty() ? "; --output-names gives outputs other names" : "");
      match.labels[i] = static_cast<size_t>(found - names.begin());
    }
  }
  for (size_t i = 0; i < names.size(); ++i)
    if (std::ranges::count(match.labels, i) == 0) match.ignored.push_back(names[i]);
  return match;
}

PredictionTask WithOutputNames(PredictionTask task, const std::vector<std::string>& names) {
  if (names.empty()) return task;
  if (names.size() != task.outputs.size())
    FailUsage("--output-names: expected {} names, for {}; got {}", task.outputs.size(), Shown(task.outputs),
              names.size());
  task.outputs = names;
  return task;
}

}  // namespace agront::data
