// SPDX-License-Identifier: Apache-2.0
// Which tokens of a batch a head looks at.
#pragma once

#include "model/heads/task_batch.h"
#include "model/heads/task_head.h"
#include "nn/training/pooling.h"

namespace agront::model {

/// As HeadPooling says; the centre is the token over base floor(bases / 2) of its window, counted from 0. Without
/// pooling every token is an example of its own. Throws UsageError when the windows do not fit the batch, or one has no
/// base to pool.
nn::training::PooledRows FindPooledRows(const TaskBatch& batch, HeadPooling pooling);

}  // namespace agront::model
