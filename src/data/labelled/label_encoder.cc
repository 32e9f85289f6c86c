// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/label_encoder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "data/labelled/positive_label.h"
#include "data/labelled/sources/record_words.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"
#include "formats/unicode.h"

namespace agront::data {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

std::optional<double> ParseNumber(std::string_view word) {
  if (word.starts_with('+') && !word.starts_with("+-")) word.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int64_t> ParseWhole(std::string_view word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string Shown(const std::vector<std::string>& words) {
  constexpr size_t kMost = 12;
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, words.size()));
  return formats::Printable(fmt::format("{}", fmt::join(words.begin(), end, ", "))) +
         (words.size() > kMost ? ", ..." : "");
}

}  // namespace

std::vector<std::string> SortedClasses(std::vector<std::string> words) {
  const bool are_numbers =
      std::ranges::all_of(words, [](const std::string& word) { return ParseWhole(word).has_value(); });
  std::ranges::sort(words, [&](const std::string& a, const std::string& b) {
    return are_numbers ? *ParseWhole(a) < *ParseWhole(b) : a < b;
  });
  return words;
}

std::string ClassWord(const std::string& word) {
  constexpr double kMostExact = 1e15;
  const auto value = ParseNumber(word);
  if (!value || std::trunc(*value) != *value || std::abs(*value) > kMostExact) return word;
  return std::to_string(static_cast<int64_t>(*value));
}

std::string LabelInWords(const std::string& output) { return output == kUnnamedLabel ? "the label" : output; }

LabelEncoder::LabelEncoder(TaskKind kind, std::vector<std::string> names, const LabelledInput& input)
    : learns_(true),
      names_(std::move(names)),
      output_names_(input.output_names),
      positive_(ClassWord(std::string(formats::TrimBlanks(input.positive)))),
      orders_words_as_0_1_(input.orders_words_as_0_1) {
  task_.kind = kind;
  if (kind == TaskKind::kMulticlass && !output_names_.empty())
    FailUsage("names of outputs: classes have names of their own, in the labels");
}

LabelEncoder::LabelEncoder(const PredictionTask& task, std::vector<std::string> names, const LabelledInput& input,
                           const std::string& place)
    : learns_(false),
      task_(task),
      names_(std::move(names)),
      positive_(ClassWord(std::string(formats::TrimBlanks(input.positive)))),
      match_(MatchLabels(names_, task, input, place)) {
  if (!positive_.empty() && task.kind != TaskKind::kBinary) FailUsage("--positive: goes with a model of a binary task");
  if (task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken) words_ = task.outputs;
  if (task.kind == TaskKind::kBinary && !task.binary_words.empty()) {
    if (task.binary_words[0].empty())
      one_word_ = ClassWord(task.binary_words[1]);
    else
      words_ = task.binary_words;
  }
  for (size_t i = 0; i < words_.size(); ++i) classes_.emplace(ClassWord(words_[i]), static_cast<int>(i));
  if (!positive_.empty() && !words_.empty() && task.kind == TaskKind::kBinary && positive_ != ClassWord(words_[1]))
    FailUsage("--positive: expected {:?}, as the model was trained; got {:?}", formats::Printable(words_[1]),
              formats::Printable(positive_));
}

std::vector<float> LabelEncoder::Encode(const LabelledRecord& record) {
  CheckCount(record);
  const auto label = [&](size_t i) -> const std::string& { return record.labels[learns_ ? i : match_.labels[i]]; };
  const size_t count = learns_ ? record.labels.size() : match_.labels.size();
  std::vector<float> labels;
  switch (task_.kind) {
    case TaskKind::kBinary:
      labels = {!learns_ && words_.empty() ? BinaryFlag(label(0), record) : Class(label(0), record)};
      break;
    case TaskKind::kMulticlass: labels = {Class(label(0), record)}; break;
    case TaskKind::kToken: break;
    case TaskKind::kMultilabel:
      for (size_t i = 0; i < count; ++i) labels.push_back(Flag(label(i), record));
      break;
    case TaskKind::kRegression:
      for (size_t i = 0; i < count; ++i) labels.push_back(Number(label(i), record));
      break;
  }
  return labels;
}

std::string LabelEncoder::EncodeBases(const LabelledRecord& record, char no_class) const {
  std::string classes;
  for (const ClassRun& run : record.runs) {
    char value = no_class;
    if (!run.word.empty()) {
      const auto found = classes_.find(ClassWord(run.word));
      if (found == classes_.end())
        Fail("{}: expected one of the classes {}, got {:?}", record.place, Shown(words_), formats::Printable(run.word));
      value = static_cast<char>(found->second);
    }
    classes.resize(static_cast<size_t>(run.end), value);
  }
  return classes;
}

void LabelEncoder::CheckCount(const LabelledRecord& record) {
  const auto got = static_cast<int64_t>(record.labels.size());
  const bool has_one = task_.kind == TaskKind::kBinary || task_.kind == TaskKind::kMulticlass;
  if (learns_ && task_.outputs.empty()) {
    if (has_one && got != 1) Fail("{}: expected one label in a task of two or more classes, got {}", record.place, got);
    if (!output_names_.empty() && static_cast<int64_t>(output_names_.size()) != got)
      Fail("{}: expected {} labels as there are names of outputs, got {}", record.place, output_names_.size(), got);
    task_.outputs = !output_names_.empty() ? output_names_ : names_;
    if (static_cast<int64_t>(task_.outputs.size()) != got) {
      task_.outputs.clear();
      for (int64_t i = 1; i <= got; ++i) task_.outputs.push_back(got == 1 ? kUnnamedLabel : fmt::format("label_{}", i));
    }
  }
  const int64_t of_task = has_one ? 1 : task_.num_labels();
  if (const int64_t expected = learns_ || names_.empty() ? of_task : static_cast<int64_t>(names_.size());
      got != expected)
    Fail("{}: expected {} label{}, got {}", record.place, expected, expected == 1 ? "" : "s", got);
}

float LabelEncoder::Class(const std::string& word, const LabelledRecord& record) {
  constexpr size_t kMostClasses = 100'000;
  if (IsMissing(word)) return kMissing;
  const std::string shown = ClassWord(word);
  const auto found = classes_.find(shown);
  if (found != classes_.end()) return static_cast<float>(found->second);
  const std::string got = formats::Printable(word);
  if (!learns_)
    Fail("{}: expected one of the classes {}, got {:?}{}", record.place, Shown(words_), got,
         words_[0] == "LABEL_0" ? "; --output-names gives them other names" : "");
  if (task_.kind == TaskKind::kBinary && words_.size() == 2)
    Fail("{}: expected {} or {} in a binary task, got {:?} as a third", record.place, Shown({words_[0]}),
         Shown({words_[1]}), got);
  if (words_.size() == kMostClasses) Fail("{}: expected at most {} classes", record.place, kMostClasses);
  if (!formats::DecodeUtf8(word))
    Fail("{}: expected a class in UTF-8, got \"{}\"", record.place, formats::EscapedBytes(word));
  words_.push_back(shown);
  classes_.emplace(shown, static_cast<int>(words_.size()) - 1);
  return static_cast<float>(words_.size() - 1);
}

float LabelEncoder::Number(const std::string& word, const LabelledRecord& record) const {
  if (IsMissing(word)) return kMissing;
  const auto value = ParseNumber(word);
  if (!value || std::abs(*value) > std::numeric_limits<float>::max())
    Fail("{}: expected a number, got {:?}", record.place, formats::Printable(word));
  return static_cast<float>(*value);
}

float LabelEncoder::Flag(const std::string& word, const LabelledRecord& record) const {
  if (IsMissing(word)) return kMissing;
  const std::string flag = ClassWord(word);
  if (flag != "0" && flag != "1") Fail("{}: expected 0 or 1, got {:?}", record.place, formats::Printable(word));
  return flag == "1" ? 1 : 0;
}

float LabelEncoder::BinaryFlag(const std::string& word, const LabelledRecord& record) {
  if (IsMissing(word)) return kMissing;
  const std::string shown = ClassWord(word);
  const std::string& one = positive_.empty() ? one_word_ : positive_;
  if (positive_.empty() && zero_word_.empty() && (shown == "0" || shown == "1")) return shown == "1" ? 1 : 0;
  if (one.empty())
    Fail("{}: expected 0 or 1, got {:?}; --positive LABEL says which label is 1", record.place,
         formats::Printable(word));
  if (shown == one) return 1;
  if (shown == one_word_)
    Fail("{}: {} is 1, as the model was trained; --positive says {}", record.place, formats::Printable(word),
         formats::Printable(positive_));
  if (zero_word_.empty()) zero_word_ = shown;
  if (shown == zero_word_) return 0;
  Fail("{}: expected {} or {}, got {:?}", record.place, formats::Printable(one), formats::Printable(zero_word_),
       formats::Printable(word));
}

PredictionTask LabelEncoder::LearnedBinary(const std::string& input) const {
  PredictionTask task = task_;
  std::vector<std::string> words = SortedClasses(words_);
  if (!positive_.empty()) {
    if (std::ranges::count(words, positive_) == 0)
      FailUsage("--positive: expected {}, the labels of {}; got {:?}",
                fmt::format("{} or {}", Shown({words[0]}), Shown({words[1]})), input, formats::Printable(positive_));
    if (words[0] == positive_) std::swap(words[0], words[1]);
  } else if (!orders_words_as_0_1_) {
    const auto ordered = OrderedByMeaning(words[0], words[1]);
    if (!ordered)
      FailUsage("{}: the labels are {} and {}; --positive LABEL says which of them is 1", input, Shown({words[0]}),
                Shown({words[1]}));
    words = {(*ordered)[0], (*ordered)[1]};
  }
  if (words == std::vector<std::string>{"0", "1"}) return task;
  task.binary_words = words;
  if (output_names_.empty()) task.outputs = {words[1]};
  return task;
}

PredictionTask LabelEncoder::Learned(const std::string& input, std::vector<int>& new_index) const {
  PredictionTask task = task_;
  new_index.clear();
  if (task.kind != TaskKind::kBinary && task.kind != TaskKind::kMulticlass) return task;
  if (words_.size() < 2)
    Fail("{}: expected examples of at least two classes, got {}", input,
         words_.empty() ? "none" : "only " + Shown(words_));
  std::vector<std::string> order;
  if (task.kind == TaskKind::kMulticlass) {
    order = task.outputs = SortedClasses(words_);
  } else {
    task = LearnedBinary(input);
    order = task.binary_words.empty() ? std::vector<std::string>{"0", "1"} : task.binary_words;
  }
  for (const std::string& word : words_)
    new_index.push_back(static_cast<int>(std::ranges::find(order, word) - order.begin()));
  return task;
}

}  // namespace agront::data
