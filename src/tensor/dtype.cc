// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/little_endian.h"

namespace agront::tensor {
namespace {

float FromHalf(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half >> 15) << 31;
  const uint32_t exponent = (half >> 10) & 31;
  const uint32_t mantissa = half & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
  if (exponent == 0) {  // zero or subnormal: mantissa * 2^-24
    const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

uint16_t ToHalf(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  if (std::isnan(value)) return sign | 0x7E00u;
  const float magnitude = std::fabs(value);
  if (magnitude >= 65520.0f) return sign | 0x7C00u;  // halfway above the largest finite value, and beyond
  if (magnitude < 0x1p-14f)                          // subnormal: nearbyint rounds to nearest even
    return sign | static_cast<uint16_t>(std::nearbyint(std::ldexp(magnitude, 24)));
  const uint32_t rounded = (bits & 0x7FFFFFFFu) + 0xFFFu + (bits >> 13 & 1u);
  return sign | static_cast<uint16_t>((rounded >> 13) - (112u << 10));
}

float FromBFloat16(uint16_t value) { return std::bit_cast<float>(static_cast<uint32_t>(value) << 16); }

uint16_t ToBFloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return static_cast<uint16_t>(bits >> 16 | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

template <class Stored, class Decode>
void DecodeEach(const std::byte* source, std::span<float> out, Decode decode) {
  for (size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, source + i * sizeof(Stored), sizeof(Stored));
    out[i] = decode(stored);
  }
}

template <class Encode>
void EncodeEach(std::span<const float> in, std::byte* out, Encode encode) {
  for (size_t i = 0; i < in.size(); ++i) {
    const uint16_t stored = encode(in[i]);
    std::memcpy(out + i * 2, &stored, 2);
  }
}

}  // namespace

size_t SizeOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
    case DType::kInt64: return 8;
    case DType::kFloat32:
    case DType::kInt32: return 4;
    case DType::kFloat16:
    case DType::kBFloat16:
    case DType::kInt16: return 2;
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kBool: return 1;
    case DType::kOther: return 0;
  }
  Fail("dtype: {} is not a number format", static_cast<int>(dtype));
}

std::string_view Name(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return "float64";
    case DType::kFloat32: return "float32";
    case DType::kFloat16: return "float16";
    case DType::kBFloat16: return "bfloat16";
    case DType::kInt64: return "int64";
    case DType::kInt32: return "int32";
    case DType::kInt16: return "int16";
    case DType::kInt8: return "int8";
    case DType::kUInt8: return "uint8";
    case DType::kBool: return "bool";
    case DType::kOther: return "another format";
  }
  return "unknown";
}

bool IsFloating(DType dtype) {
  return dtype == DType::kFloat64 || dtype == DType::kFloat32 || dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}

void ToFloat32(DType dtype, const std::byte* source, std::span<float> out) {
  switch (dtype) {
    case DType::kFloat32: std::memcpy(out.data(), source, out.size_bytes()); return;
    case DType::kFloat16: DecodeEach<uint16_t>(source, out, FromHalf); return;
    case DType::kBFloat16: DecodeEach<uint16_t>(source, out, FromBFloat16); return;
    case DType::kFloat64:
      DecodeEach<double>(source, out, [](double value) { return static_cast<float>(value); });
      return;
    default: Fail("dtype: expected a floating-point format, got {}", Name(dtype));
  }
}

void FromFloat32(DType dtype, std::span<const float> in, std::byte* out) {
  switch (dtype) {
    case DType::kFloat32: std::memcpy(out, in.data(), in.size_bytes()); return;
    case DType::kFloat16: EncodeEach(in, out, ToHalf); return;
    case DType::kBFloat16: EncodeEach(in, out, ToBFloat16); return;
    default: Fail("dtype: expected float32, bfloat16 or float16, got {}", Name(dtype));
  }
}

}  // namespace agront::tensor
