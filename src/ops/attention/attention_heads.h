// SPDX-License-Identifier: Apache-2.0
// Attention as tasks: runs of queries of one head of one sequence, shared among the threads.
#pragma once

#include <cstdint>

#include "ops/attention/attention.h"
#include "ops/attention/head_task.h"

namespace agront::ops {

/// One head of one sequence, with all of its queries; the output is set by the caller.
HeadTask TaskOf(const AttentionInputs& inputs, int64_t sequence, int64_t head);

/// Computes the output of each task, and log2_sums where the task has them.
using AttendHeadFunction = void (*)(const HeadTask& task);

/// AttentionForward with this kernel, which takes `strip` queries at a time.
void AttendHeads(const AttentionInputs& inputs, AttendHeadFunction attend, int64_t strip, tensor::MatrixView output,
                 tensor::MatrixView log2_sums);

}  // namespace agront::ops
