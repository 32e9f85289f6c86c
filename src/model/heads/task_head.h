// SPDX-License-Identifier: Apache-2.0
// A head with its task and its values, by our names and by those of Hugging Face.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/model_shape.h"
#include "agront/prediction_task.h"
#include "agront/task_head.h"
#include "model/parameters/parameters.h"

namespace agront::model {

struct TaskHeadConfig {
  PredictionTask task;
  HeadKind kind = HeadKind::kLinear;
  HeadPooling pooling = HeadPooling::kMean;
};

/// The token over base floor(bases / 2) of a window's tokens, counted from 0. Throws UsageError without a base.
int64_t CentreToken(std::span<const int32_t> tokens);

/// The kind and lengths of the examples that a head was trained on.
struct TrainedOn {
  bool is_features = false;  ///< windows around features of a genome, else sequences of their own
  std::string window;        ///< of features: genome/feature_window.h
  int64_t shortest = 0;      ///< training example, in bases
  int64_t longest = 0;
};

/// A head that was trained.
struct TaskHead {
  TaskHeadConfig config;
  /// By Parameter::name, row by row, with the sizes of TaskHeadParameters.
  std::map<std::string, std::vector<float>> values;
  /// JSON with which whoever trained the head turned labels into what it gives, and turns that back; empty: nothing.
  std::string target_transforms;
  /// Nothing where it was not recorded: by version 0.1, by others.
  std::optional<TrainedOn> trained_on = {};
};

/// "task.pool.query" [C]; "task.dense.weight" [C, C], "task.dense.bias" [C]; "task.out.weight" [outputs, C],
/// "task.out.bias" [outputs]: those that the head has. Parameter::hugging_face is the name in a checkpoint
/// ("classifier.dense.weight", "classifier.out_proj.weight"; "classifier.weight" of a linear head). Throws UsageError
/// when the pooling does not fit the task.
std::vector<Parameter> TaskHeadParameters(const ModelShape& shape, const TaskHeadConfig& config);

/// The words of options and files: binary, multiclass, multilabel, regression, token; linear, mlp; mean, cls, centre,
/// attention, none.
std::string_view Name(TaskKind kind);
std::string_view Name(HeadKind kind);
std::string_view Name(HeadPooling pooling);
/// Nothing for other words.
std::optional<TaskKind> ParseTaskKind(std::string_view word);
std::optional<HeadKind> ParseHeadKind(std::string_view word);
std::optional<HeadPooling> ParseHeadPooling(std::string_view word);

}  // namespace agront::model
