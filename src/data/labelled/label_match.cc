// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/label_match.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "agront/input_kind.h"
#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"

namespace agront::data {
namespace {

std::string Shown(const std::vector<std::string>& names) {
  return formats::Printable(fmt::format("{}", fmt::join(names, ", ")));
}

/// Columns of BED may be called by their numbers.
bool AreNumbersOfBed(const std::vector<std::string>& names, const LabelledInput& input) {
  const auto is_number = [](const std::string& name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  };
  return KindOfInput(input.path) == InputKind::kBed && input.labels.empty() && std::ranges::all_of(names, is_number);
}

/// The index of a name, which must stand there once; nothing when it does not stand there.
std::optional<size_t> IndexOf(const std::string& name, const std::vector<std::string>& names,
                              const std::string& place) {
  const auto count = std::ranges::count(names, name);
  if (count > 1) FailUsage("{}: expected one column {}, got {}", place, formats::Printable(name), count);
  if (count == 0) return std::nullopt;
  return static_cast<size_t>(std::ranges::find(names, name) - names.begin());
}

size_t OneLabel(const std::vector<std::string>& names, const PredictionTask& task, const std::string& place) {
  if (names.size() == 1) return 0;
  std::vector<std::string> likely = {"label", "labels"};
  if (task.kind != TaskKind::kMulticlass && !task.outputs.empty()) likely.insert(likely.begin(), task.outputs.front());
  for (const std::string& name : likely)
    if (const auto index = IndexOf(name, names, place)) return *index;
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
  if (count > 1 && names.size() == count && AreNumbersOfBed(names, input) && std::ranges::none_of(names, is_output))
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
      const std::optional<size_t> found = IndexOf(task.outputs[i], names, place);
      if (!found)
        FailUsage("{}: expected a label for each output of the model, {}; got {}{}", place, Shown(task.outputs),
                  Shown(names), input.output_names.empty() ? "; --output-names gives outputs other names" : "");
      match.labels[i] = *found;
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
  for (const std::string& name : names)
    if (std::ranges::count(names, name) > 1)
      FailUsage("--output-names: expected different names, got {} twice", formats::Printable(name));
  task.outputs = names;
  return task;
}

}  // namespace agront::data
