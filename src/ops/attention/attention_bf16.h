// SPDX-License-Identifier: Apache-2.0
// Attention with bfloat16 products, for processors that multiply tiles (AMX): there two to three times as fast as in
// float32. (AVX-512's bfloat16 dot products alone were slower than float32 in it, on a Xeon of the fifth generation.)
#pragma once

#include "agront/precision.h"
#include "ops/attention/attention.h"

namespace agront::ops {

/// As AttentionForward; queries, keys, values and probabilities are rounded to bfloat16, sums and softmax are float32.
/// Only where device::cpu::HasTiles(). Each thread keeps a copy of one head's keys and values, and the weights of
/// 32 queries.
void AttentionForwardBf16(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums = {});

/// As bf16 where the products around it are not float32 and the processor multiplies tiles, else in float32.
void AttentionForward(const AttentionInputs& inputs, Precision products, tensor::MatrixView output,
                      tensor::MatrixView log2_sums = {});

}  // namespace agront::ops
