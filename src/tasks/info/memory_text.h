// SPDX-License-Identifier: Apache-2.0
// The memory of a model and of the jobs that run it, in words.
#pragma once

#include <cstdint>
#include <string>

#include "agront/precision.h"
#include "model/checkpoints/checkpoint.h"

namespace agront::tasks {

/// 12345678 as "12,345,678".
std::string WithThousands(int64_t value);

/// Lines of "key: value" for batches packed up to `batch_tokens`: the parts, and what embed and logits take at most.
std::string DescribeMemory(const model::Checkpoint& checkpoint, Precision precision, int64_t batch_tokens);

}  // namespace agront::tasks
