// SPDX-License-Identifier: Apache-2.0
// The choice of what computes attention on a device, by what it is and by whether it computes the same there.
#pragma once

#include <string>
#include <vector>

#include "agront/precision.h"
#include "base/environment.h"
#include "device/xla/open_device.h"
#include "xla/attention_kernel.h"
#include "xla/device_shape.h"

namespace agront::xla {

/// The fused kernels to try, the best first: on a platform "cuda", by its GPU's compute capability ("9.0" is Hopper),
/// for products in bf16 and heads that they take.
std::vector<AttentionKernel> FusedCandidates(const std::string& platform, const std::string& compute_capability,
                                             const DeviceShape& shape, Precision precision);

/// What computes attention: the first candidate that the plugin compiles and that agrees with plain ops on the device,
/// for random heads in rows of several sequences; kPlain where none does. The variable AGRONT_DEVICE_ATTENTION (auto,
/// plain, packed, bias) names one instead. Throws Error when that one cannot be used, with the reason.
AttentionKernel ChooseAttention(const device::xla::Device& device, const DeviceShape& shape, Precision precision,
                                const Environment& environment);

}  // namespace agront::xla
