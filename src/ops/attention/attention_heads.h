// SPDX-License-Identifier: Apache-2.0
// Attention as tasks, shared among the threads: runs of queries of one head of one sequence, or whole heads.
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

/// Computes the gradients of each task.
using BackwardHeadFunction = void (*)(const HeadBackwardTask& task);

/// AttentionBackward with this kernel; a task is one head of one sequence.
void BackwardHeads(const AttentionInputs& inputs, BackwardHeadFunction backward, const AttentionSaved& saved,
                   tensor::ConstMatrixView grad_output, const AttentionGradients& gradients);

}  // namespace agront::ops
