// SPDX-License-Identifier: Apache-2.0
// cuDNN's attention as a call of XLA's compiler for NVIDIA's GPUs: the scores of a row never are in memory.
//
// Its numbers are rounded elsewhere than those of plain ops, so results differ as bfloat16 does. What the call takes is
// read from XLA's own sources (xla/service/gpu/backend_configs.proto: CudnnfMHABackendConfig).
#pragma once

#include "stablehlo/builder.h"
#include "xla/layers.h"

namespace agront::xla {

/// Whether the kernels take heads of these sizes: D is a multiple of 8, and at most 128.
bool TakesFusedAttention(const DeviceShape& shape);

/// 1 / sqrt(D) of the model's own D.
float ScoreScale(const DeviceShape& shape);

/// As Attention, by cuDNN: operands of the call are bfloat16, and `visibility` is kPacked or kBias.
stablehlo::Value FusedAttention(const LayerContext& context, stablehlo::Value query, stablehlo::Value key,
                                stablehlo::Value value, const Visibility& visibility);

}  // namespace agront::xla
