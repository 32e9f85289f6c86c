// SPDX-License-Identifier: Apache-2.0
// The table of attention's kernels: which of them a processor runs, and which it prefers, is asked here alone.
#pragma once

#include <span>
#include <string_view>

#include "agront/precision.h"
#include "device/cpu/instruction_set.h"
#include "ops/attention/attention.h"

namespace agront::ops {

struct AttentionKernel {
  std::string_view name;
  Precision precision;  ///< of its products: kFp32 or kBf16
  device::cpu::Features runs_with;
  device::cpu::Features chosen_with;  ///< with these, and with those of no row above, the processor prefers it
  void (*forward)(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums);
  void (*backward)(const AttentionInputs& inputs, const AttentionSaved& saved, tensor::ConstMatrixView grad_output,
                   const AttentionGradients& gradients);

  bool runs_here() const { return device::cpu::Has(runs_with); }
};

/// The preferred ones first.
std::span<const AttentionKernel> AttentionKernels();

/// The kernel that this processor prefers between products of this precision: for fp32 one in float32; else the
/// fastest, in bfloat16 perhaps: queries, keys, values and probabilities are rounded then; sums and softmax are
/// float32.
const AttentionKernel& AttentionKernelFor(Precision products);

/// By the preferred kernel.
inline void AttentionForward(const AttentionInputs& inputs, Precision products, tensor::MatrixView output,
                             tensor::MatrixView log2_sums = {}) {
  AttentionKernelFor(products).forward(inputs, output, log2_sums);
}

/// The gradients by the preferred kernel.
inline void AttentionBackward(const AttentionInputs& inputs, Precision products, const AttentionSaved& saved,
                              tensor::ConstMatrixView grad_output, const AttentionGradients& gradients) {
  AttentionKernelFor(products).backward(inputs, saved, grad_output, gradients);
}

/// In bfloat16 by AMX's tiles: two to three times as fast as in float32 there. Each thread keeps a copy of one head's
/// keys and values, and the weights of 32 queries.
void AttentionForwardByTiles(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums);

/// In bfloat16 by AVX-512's dot products. Each thread keeps a copy of one head's keys and values; backward of all that
/// the head has.
void AttentionForwardByDots(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums);
void AttentionBackwardByDots(const AttentionInputs& inputs, const AttentionSaved& saved,
                             tensor::ConstMatrixView grad_output, const AttentionGradients& gradients);

}  // namespace agront::ops
