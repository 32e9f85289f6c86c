// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/task_data.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "data/example_windows.h"
#include "data/labelled/class_weights.h"
#include "data/labelled/read_labelled_set.h"
#include "formats/sequences/feature_types.h"

namespace agront::tasks {
namespace {

LabelledInput InputOf(const FinetuneData& asked, const std::string& path, std::optional<ExamplePart> part) {
  LabelledInput input = asked.input;
  input.path = path;
  input.part = part;
  return input;
}

data::LabelledSet ReadAll(const FinetuneData& asked, TaskKind task) {
  formats::CheckFeatureTypes({asked.train, asked.valid, asked.test}, asked.input.feature);
  const bool has_parts = !asked.valid.empty() || !asked.test.empty();
  // A file that stands alone may say in a column what is what, or leave it to a draw.
  data::LabelledSet set = data::ReadLabelledSet(
      InputOf(asked, asked.train, has_parts ? std::optional(ExamplePart::kTrain) : std::nullopt), task);
  if (!asked.valid.empty()) data::AddToLabelledSet(InputOf(asked, asked.valid, ExamplePart::kValid), set);
  if (!asked.test.empty()) data::AddToLabelledSet(InputOf(asked, asked.test, ExamplePart::kTest), set);
  return set;
}

TaskData Prepare(const FinetuneData& asked, std::shared_ptr<const data::LabelledSet> set, data::Split split) {
  data::CheckClasses(*set, split);
  TaskData data{.asked = asked,
                .set = std::move(set),
                .split = std::move(split),
                .transform = {},
                .class_weights = {},
                .leakage = {},
                .confounders = {},
                .findings = {}};
  if (!asked.transform.empty())
    data.transform = data::TargetTransform::Fit(asked.transform, *data.set, data.split.train);
  if (asked.class_weights) data.class_weights = data::BalancedClassWeights(*data.set, data.split.train);
  data.leakage = data::FindLeaks(*data.set, data.split);
  data.confounders = data::FindConfounders(*data.set, data.split.train);
  data.findings = data.set->notes();
  for (const auto& sentences : {data::Describe(data.leakage, *data.set), data::Describe(data.confounders)})
    data.findings.insert(data.findings.end(), sentences.begin(), sentences.end());
  return data;
}

}  // namespace

std::vector<TaskData> ReadTaskData(const FinetuneData& asked, TaskKind task) {
  if (asked.train.empty()) FailUsage("--train: expected a file of labelled sequences");
  const auto set = std::make_shared<const data::LabelledSet>(ReadAll(asked, task));
  std::vector<TaskData> parts;
  if (asked.folds == 0) {
    SplitOptions split = asked.split;
    split.train_file_is_divided = !asked.valid.empty() || !asked.test.empty();
    parts.push_back(Prepare(asked, set, data::MakeSplit(*set, split)));
  } else {
    for (data::Split& fold : data::MakeFolds(*set, asked.folds, asked.split))
      parts.push_back(Prepare(asked, set, std::move(fold)));
  }
  return parts;
}

baselines::LabelledSequences SequencesOf(const TaskData& data, const std::vector<int64_t>& part, LabelSpace space) {
  baselines::LabelledSequences sequences{
      .size = static_cast<int64_t>(part.size()),
      .bases = [&](int64_t i) { return data.set->Bases(part[static_cast<size_t>(i)]); },
      .labels = {}};
  for (const int64_t example : part) {
    const std::span<const float> given = data.set->labels(example);
    std::vector<float> labels(given.begin(), given.end());
    if (space == LabelSpace::kTransformed) data.transform.Apply(labels);
    sequences.labels.insert(sequences.labels.end(), labels.begin(), labels.end());
  }
  return sequences;
}

void CheckLengths(LongSequences choice, const data::LabelledSet& set, int64_t max_tokens) {
  if (choice != LongSequences::kError) return;
  // Shorter ones fit even when every base is an N, and so a token.
  for (int64_t i = 0; i < set.size(); ++i)
    if (set.length(i) >= max_tokens)
      data::CutExample(set.Bases(i), choice, max_tokens, set.place(i), "--long centre or windows takes it");
}

}  // namespace agront::tasks
