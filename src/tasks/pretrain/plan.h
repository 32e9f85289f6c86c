// SPDX-License-Identifier: Apache-2.0
// The memory and time that a run will take, before its first step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agront/model_shape.h"
#include "agront/precision.h"
#include "agront/pretrain.h"
#include "ranks/communicator.h"

namespace agront::tasks {

struct Plan {
  int64_t batch_windows = 0;  ///< of a step, over all ranks
  int64_t micro_batch = 0;
  bool recompute = false;
  Precision products = Precision::kFp32;  ///< fp32 or bf16
  int64_t memory = 0;                     ///< bytes, of each rank
  double step_flops = 0;                  ///< multiplications and additions of the products of a step, over all ranks
  double product_rate = 0;  ///< operations a second of the model's products alone, measured now, over all ranks
  double step_seconds = 0;  ///< estimated: products at the rate that whole steps reach
};

/// A step of the run, over all ranks.
struct StepOptions {
  int64_t batch_tokens = 0;
  int64_t window_tokens = 0;
  double masking_ratio = 0;
  std::optional<Precision> products;
};

/// Chooses micro-batch and recomputation so that the memory does, on the rank that has the least. All ranks call it;
/// only the rates they measure may differ. Throws Error when nothing does: with what is needed at least, and what there
/// is.
Plan MakePlan(const StepOptions& step, const PretrainMemory& memory, const ModelShape& shape,
              ranks::Communicator& ranks);

/// A few lines for the user, of a run of `steps`.
std::string Describe(const Plan& plan, int64_t steps, const ModelShape& shape);

}  // namespace agront::tasks
