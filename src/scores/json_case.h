// SPDX-License-Identifier: Apache-2.0
// The cases of tools/score_reference.py, for tests and tools/scores.
#pragma once

#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "scores/labelled_predictions.h"

namespace agront::scores {

inline LabelledPredictions PredictionsOfCase(const nlohmann::json& json) {
  static const std::map<std::string, TaskKind> kKinds = {{"binary", TaskKind::kBinary},
                                                         {"multiclass", TaskKind::kMulticlass},
                                                         {"multilabel", TaskKind::kMultilabel},
                                                         {"regression", TaskKind::kRegression},
                                                         {"token", TaskKind::kToken}};
  LabelledPredictions predictions;
  predictions.task.kind = kKinds.at(json.at("task").at("kind").get<std::string>());
  json.at("task").at("outputs").get_to(predictions.task.outputs);
  json.at("predictions").get_to(predictions.predictions);
  for (const auto& label : json.at("labels"))
    predictions.labels.push_back(label.is_null() ? std::numeric_limits<double>::quiet_NaN() : label.get<double>());
  predictions.size = static_cast<int64_t>(predictions.predictions.size()) / predictions.task.num_outputs();
  return predictions;
}

}  // namespace agront::scores
