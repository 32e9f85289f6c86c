// SPDX-License-Identifier: Apache-2.0
#include "model/memory_plan.h"

#include <algorithm>

#include "nn/workspace.h"
#include "ops/matmul/matmul.h"

namespace agront::model {

MemoryPlan PlanMemory(const Checkpoint& checkpoint, Precision precision, int64_t batch_tokens) {
  constexpr int64_t kFloat = sizeof(float);
  const ModelShape& shape = checkpoint.shape();
  MemoryPlan plan;
  plan.rows = std::max(batch_tokens, shape.max_tokens());
  const int64_t stored = ops::PaddedRows(plan.rows);
  for (const Parameter& parameter : checkpoint.parameters())
    plan.weights += IsProductMatrix(parameter)
                        ? static_cast<int64_t>(ops::PackedBytes(parameter.rows, parameter.cols,
                                                                checkpoint.PrecisionOf(parameter, precision)))
                        : parameter.size() * kFloat;
  plan.activations = nn::Workspace::Bytes(plan.rows, shape, precision) + stored * shape.hidden * kFloat;
  plan.head = 2 * stored * shape.hidden * kFloat;
  plan.hidden = plan.rows * shape.hidden * kFloat;
  plan.logits = stored * shape.vocabulary * kFloat;
  return plan;
}

}  // namespace agront::model
