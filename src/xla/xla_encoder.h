// SPDX-License-Identifier: Apache-2.0
// The model on devices that XLA's plugins compute for.
#pragma once

#include <memory>

#include "device/xla/open_device.h"
#include "model/encoder.h"
#include "xla/device_shape.h"

namespace agront::xla {

/// The padding that a device's products take as it is: none on processors.
Padding PaddingOf(const device::xla::Device& device);

/// bf16, but fp32 on processors.
Precision FastestPrecision(const device::xla::Device& device);

/// Throws UsageError for a precision that devices do not compute in: int8.
void CheckPrecision(const device::xla::Device& device, Precision precision);

/// An encoder whose weights lie on the devices, each of which has all of them; a batch is shared out. Programs are
/// compiled when they are first needed, or loaded from the cache (device/xla/program_cache.h). Throws Error when the
/// memory of the devices does not do. When it does not do for a batch, the batch is halved once for all that follow.
std::unique_ptr<model::Encoder> MakeXlaEncoder(std::shared_ptr<const device::xla::Device> device,
                                               const ModelShape& shape, nn::ParameterSource& source,
                                               Precision precision, const Padding& padding);

}  // namespace agront::xla
