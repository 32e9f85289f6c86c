// SPDX-License-Identifier: Apache-2.0
// The labelled examples of a fine-tuning job, divided and looked at.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agront/finetune.h"
#include "baselines/baselines.h"
#include "data/labelled/confounders.h"
#include "data/labelled/labelled_set.h"
#include "data/labelled/leakage.h"
#include "data/labelled/split.h"
#include "data/labelled/target_transform.h"

namespace agront::tasks {

struct TaskData {
  FinetuneData asked;                            ///< where they are from
  std::shared_ptr<const data::LabelledSet> set;  // shared by folds and seeds
  data::Split split;
  data::TargetTransform transform;
  std::vector<std::vector<float>> class_weights;  ///< empty: none
  data::LeakageReport leakage;
  std::vector<data::Confounder> confounders;

  /// Warnings before training, a sentence each.
  std::vector<std::string> findings;
};

/// Reads the files once; one element, or one for each fold. Throws Error.
std::vector<TaskData> ReadTaskData(const FinetuneData& asked, TaskKind task);

/// The examples of a part as the baselines and the report read them; with the labels that are learned, or as they are.
enum class LabelSpace { kAsGiven, kTransformed };
baselines::LabelledSequences SequencesOf(const TaskData& data, const std::vector<int64_t>& part, LabelSpace space);

/// Throws Error, naming file and line, when an example does not fit into `max_tokens` and `choice` does not say what
/// is to be done with it: better now than in the middle of the training.
void CheckLengths(LongSequences choice, const data::LabelledSet& set, int64_t max_tokens);

}  // namespace agront::tasks
