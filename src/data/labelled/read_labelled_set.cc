// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/read_labelled_set.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/labelled/label_encoder.h"
#include "data/labelled/sources/labelled_source.h"
#include "formats/printable.h"
#include "formats/sequences/feature_types.h"
#include "formats/unicode.h"

namespace agront::data {
namespace {

std::string NameOf(const LabelledInput& input) { return input.path.empty() ? input.genome : input.path; }

/// The file that has the labels.
std::string LabelsName(const LabelledInput& input) { return input.labels.empty() ? NameOf(input) : input.labels; }

/// "train", "valid" or "test" of the words that people write.
std::string PartOf(const LabelledRecord& record) {
  if (record.split.empty()) return "";
  for (const auto& [part, words] : {std::pair{"train", std::set<std::string>{"train", "training"}},
                                    std::pair{"valid", std::set<std::string>{"valid", "validation", "val", "dev"}},
                                    std::pair{"test", std::set<std::string>{"test", "testing"}}})
    if (words.contains(record.split)) return part;
  Fail("{}: expected train, valid or test, got {:?}", record.place, formats::Printable(record.split));
}

/// Checks the ids of the examples from `first` on. It compares hashes, so that ids of millions of examples take 16
/// bytes each.
void CheckIds(const LabelledSet& set, int64_t first) {
  std::vector<std::pair<size_t, int64_t>> hashes;
  for (int64_t i = first; i < set.size(); ++i) hashes.emplace_back(std::hash<std::string_view>()(set.id(i)), i);
  std::ranges::sort(hashes);
  std::pair<int64_t, int64_t> repeated{set.size(), 0};  // the later one, then the earlier
  for (size_t i = 1; i < hashes.size(); ++i)
    if (hashes[i - 1].first == hashes[i].first && set.id(hashes[i - 1].second) == set.id(hashes[i].second))
      repeated = std::min(repeated, {hashes[i].second, hashes[i - 1].second});
  if (repeated.first < set.size())
    Fail("{}: expected each id once, got {:?} again, first in {}", set.place(repeated.first),
         formats::Printable(set.id(repeated.first)), set.place(repeated.second));
}

/// Whether there are labels, all of them missing.
bool HasNone(const std::vector<float>& labels) {
  return !labels.empty() && std::ranges::all_of(labels, [](float label) { return std::isnan(label); });
}

/// A separator that no id has would group nothing. Ids of tables without a column for them are places of lines.
void CheckSeparator(const LabelledInput& input, int64_t first, LabelledSet& set) {
  if (input.group_separator.empty()) return;
  for (int64_t i = first; i < set.size(); ++i)
    if (set.group(i) != set.id(i)) return;
  const std::string what = fmt::format("{}: no id has the group separator {:?}, such as {:?}", NameOf(input),
                                       input.group_separator, formats::Printable(set.id(first)));
  if (first == 0) Fail("{}; nothing is grouped", what);
  set.AddNote(what);
}

void ReadAll(LabelledSource& source, const LabelledInput& input, LabelEncoder& encoder, LabelledSet& set) {
  const int64_t first = set.size();
  int64_t unlabelled = 0;
  LabelledRecord record;
  LabelledExample example;
  while (source.Next(record)) {
    if (input.without_labels)
      example.labels.assign(static_cast<size_t>(encoder.task().num_labels()), std::numeric_limits<float>::quiet_NaN());
    else
      example.labels = encoder.Encode(record);
    if (!input.without_labels && HasNone(example.labels)) {
      if (!input.leaves_out_unlabelled)
        Fail("{}: expected {}, got none", record.place, example.labels.size() == 1 ? "a label" : "at least one label");
      ++unlabelled;
      continue;
    }
    if (encoder.task().kind == TaskKind::kToken) {
      if (input.without_labels) record.runs = {{static_cast<int64_t>(record.bases.size()), ""}};
      example.base_classes = encoder.EncodeBases(record, kNoClass);
    }
    if (set.size() == 0) set.Rename(encoder.task(), {});
    example.split = PartOf(record);
    example.id = std::move(record.id);
    example.bases = std::move(record.bases);
    example.group = std::move(record.group);
    example.place = std::move(record.place);
    example.placement = std::move(record.placement);
    set.Add(example);
  }
  if (unlabelled > 0)
    set.AddNote(fmt::format("{}: {} examples have no label and are left out", NameOf(input), unlabelled));
  for (std::string& note : source.Notes()) set.AddNote(std::move(note));
  if (set.size() == first) Fail("{}: expected labelled sequences, got none", NameOf(input));
  if (!input.keeps_repeated_ids) CheckIds(set, first);
  CheckSeparator(input, first, set);
  if (source.letters().ambiguous > 0)
    set.AddNote(fmt::format("{}: {} IUPAC letters are read as N", NameOf(input), source.letters().ambiguous));
  if (source.letters().uracil > 0)
    set.AddNote(fmt::format("{}: {} letters U are read as T", NameOf(input), source.letters().uracil));
}

/// They are columns of tables and keys of JSON.
void CheckNames(const PredictionTask& task, const LabelledInput& input) {
  std::set<std::string> names;
  for (const std::string& name : task.outputs) {
    if (!formats::DecodeUtf8(name))
      Fail("{}: expected outputs with names in UTF-8, got \"{}\"", NameOf(input), formats::EscapedBytes(name));
    if (!names.insert(name).second)
      Fail("{}: expected outputs of different names, got {:?} twice", NameOf(input), formats::Printable(name));
  }
}

PredictionTask TokenTask(const LabelledSource& source, const LabelledInput& input) {
  constexpr size_t kMostClasses = 255;
  std::vector<std::string> words;
  for (const std::string& word : source.BaseClasses()) words.push_back(ClassWord(word));
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (words.size() < 2 || words.size() > kMostClasses)
    Fail("{}: expected 2 to {} classes of bases, got {}", NameOf(input), kMostClasses, words.size());
  PredictionTask task;
  task.kind = TaskKind::kToken;
  task.outputs = SortedClasses(std::move(words));
  return task;
}

}  // namespace

LabelledSet ReadLabelledSet(const LabelledInput& input, TaskKind kind) {
  if (input.without_labels) FailUsage("{}: a task is learned from labels, and they are not to be read", NameOf(input));
  const bool per_token = kind == TaskKind::kToken;
  const auto source = OpenLabelledSource(input, per_token);
  LabelEncoder encoder = per_token ? LabelEncoder(TokenTask(*source, input), {}, input, NameOf(input))
                                   : LabelEncoder(kind, source->LabelNames(), input);
  LabelledSet set(encoder.task());
  ReadAll(*source, input, encoder, set);
  if (!per_token) {
    std::vector<int> new_index;
    PredictionTask task = encoder.Learned(NameOf(input), new_index);
    set.Rename(std::move(task), new_index);
  }
  CheckNames(set.task(), input);
  return set;
}

LabelledSet ReadLabelledSet(const LabelledInput& input, const PredictionTask& task) {
  formats::CheckFeatureTypes({input.path}, input.feature);
  LabelledSet set(WithOutputNames(task, input.output_names));
  AddToLabelledSet(input, set);
  return set;
}

void AddToLabelledSet(const LabelledInput& input, LabelledSet& set) {
  LabelledInput fitting = input;
  const bool per_token = set.task().kind == TaskKind::kToken;
  fitting.fits_a_task = !input.without_labels && !per_token;
  const auto source = OpenLabelledSource(fitting, per_token);
  LabelEncoder encoder(set.task(), input.without_labels ? std::vector<std::string>{} : source->LabelNames(), input,
                       LabelsName(input));
  ReadAll(*source, input, encoder, set);
  if (!encoder.ignored().empty())
    set.AddNote(fmt::format("{}: the model has no output {}; these columns are ignored", LabelsName(input),
                            formats::Printable(fmt::format("{}", fmt::join(encoder.ignored(), ", ")))));
}

}  // namespace agront::data
