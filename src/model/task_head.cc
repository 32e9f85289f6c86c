// SPDX-License-Identifier: Apache-2.0
#include "model/task_head.h"

#include "base/error.h"

namespace agront::model {

std::vector<Parameter> TaskHeadParameters(const ModelShape& shape, const TaskHeadConfig& config) {
  const int64_t outputs = config.task.num_outputs();
  if (outputs < 1) FailUsage("head: expected at least one output");
  if ((config.task.kind == TaskKind::kToken) != (config.pooling == HeadPooling::kNone))
    FailUsage("head: a task per token has no pooling, and every other task has one");
  std::vector<Parameter> parameters;
  if (config.pooling == HeadPooling::kAttention)
    parameters.push_back({"task.pool.query", shape.hidden, 0, "classifier.pool.query", "", false});
  if (config.kind == HeadKind::kMlp) {
    parameters.push_back({"task.dense.weight", shape.hidden, shape.hidden, "classifier.dense.weight", "", false});
    parameters.push_back({"task.dense.bias", shape.hidden, 0, "classifier.dense.bias", "", false});
  }
  const std::string out = config.kind == HeadKind::kMlp ? "classifier.out_proj" : "classifier";
  parameters.push_back({"task.out.weight", outputs, shape.hidden, out + ".weight", "", false});
  parameters.push_back({"task.out.bias", outputs, 0, out + ".bias", "", false});
  return parameters;
}

}  // namespace agront::model
