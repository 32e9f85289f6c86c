// SPDX-License-Identifier: Apache-2.0
// What computes attention on a device.
#pragma once

#include <cstdint>

namespace agront::xla {

enum class AttentionKernel {
  kPlain,   ///< ops as they are: every device has them. Scores of all pairs of a row are in memory
  kPacked,  ///< cuDNN's fused kernel, told where each sequence begins and ends: NVIDIA's GPUs from Hopper on
  kBias,    ///< cuDNN's fused kernel with a bias for each pair: NVIDIA's GPUs from Ampere on
};

/// "plain", "packed", "bias".
const char* NameOf(AttentionKernel kernel);

/// A kernel, as a program is written for it.
struct AttentionPlan {
  AttentionKernel kernel = AttentionKernel::kPlain;
  int64_t segments = 0;  ///< M of kPacked: a row has as many at most, padding among them
};

}  // namespace agront::xla
