// SPDX-License-Identifier: Apache-2.0
// Classifiers of Hugging Face: EsmForSequenceClassification, whose head is an MLP on <cls>, and
// EsmForTokenClassification, whose head is a product for each token. The encoder is a Checkpoint like any other.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/output_folder.h"
#include "model/adapters/adapter_files.h"
#include "model/checkpoints/checkpoint.h"
#include "model/heads/task_head.h"

namespace agront::model {

/// The head of a checkpoint; nothing when it has none. The task is what problem_type and the number of labels of
/// config.json say: regression; single_label_classification, which is kMulticlass, with two classes too;
/// multi_label_classification, which with one label is kBinary. Without problem_type one label is a regression and
/// several are classes, as transformers has it for labels that are whole numbers. Outputs are named by id2label.
/// Throws Error when tensors and configuration disagree.
std::optional<TaskHead> ReadClassifier(const Checkpoint& checkpoint);

/// The head that PEFT saved with the adapter of a classifier. The file has nothing on labels: task and names are
/// those of `base` when it has a head of the same kind and size, which this one replaces; else outputs are LABEL_0,
/// LABEL_1, ..., and the task is as without problem_type. Numbers are as PEFT's training had them, so the transforms
/// of the head before are not its own.
std::optional<TaskHead> ReadClassifier(const AdapterFile& adapter, const Checkpoint& base);

/// Whether Hugging Face has such a head.
bool IsClassifier(const TaskHeadConfig& head);

/// Calls `write` with the rows of a parameter of the model, by Parameter::name, in order; a vector is one row.
using ParameterRows =
    std::function<void(const Parameter& parameter, const std::function<void(std::span<const float>)>& write)>;

/// The rows of a checkpoint, which outlives the result, with its adapter.
ParameterRows RowsOf(Checkpoint& checkpoint);

/// Writes model.safetensors in float32, without a language-model head, config.json and the tokenizer's files, which
/// from_pretrained of the class loads. A head's target_transforms become "agront_target_transforms" of config.json,
/// which only this program reads. Throws UsageError unless IsClassifier.
void WriteClassifier(const ModelShape& shape, const ParameterRows& encoder, const TaskHead& head,
                     const std::map<std::string, std::string>& metadata, OutputFolder& folder);

}  // namespace agront::model
