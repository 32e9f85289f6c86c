// SPDX-License-Identifier: Apache-2.0
// The peak rate of the processor's multiply-add units: the limit that rates are compared with.
#pragma once

namespace agront::device::cpu {

/// Floating-point operations a second of all threads together, of fp32 multiply-adds in registers with the vectors of
/// the instruction set in use. Takes about `seconds`.
double MeasureMultiplyAddPeak(double seconds);

}  // namespace agront::device::cpu
