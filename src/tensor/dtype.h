// SPDX-License-Identifier: Apache-2.0
// Number formats of stored tensors, and their conversion to float32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace agront::tensor {

/// kOther stands for formats that nothing here computes with.
enum class DType { kFloat64, kFloat32, kFloat16, kBFloat16, kInt64, kInt32, kInt16, kInt8, kUInt8, kBool, kOther };

/// Bytes of one element; 0 of kOther, whose size only its file knows.
size_t SizeOf(DType dtype);

/// "float32", "bfloat16", ...
std::string_view Name(DType dtype);

/// Whether Convert accepts it: the floating-point formats.
bool IsFloating(DType dtype);

/// The float32 values of `source`, out.size() little-endian elements of a floating-point format at any address.
/// bfloat16 and float16 are exact; float64 is rounded to nearest even.
void ToFloat32(DType dtype, const std::byte* source, std::span<float> out);

/// Rounds to nearest even; a NaN stays a NaN. `out` takes in.size() * SizeOf(dtype) bytes, of float32, bfloat16 or
/// float16.
void FromFloat32(DType dtype, std::span<const float> in, std::byte* out);

}  // namespace agront::tensor
