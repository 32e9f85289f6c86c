// SPDX-License-Identifier: Apache-2.0
// The values that an 8-bit product needs for each output channel beside the weights, as they lie before our own packed
// panels: the scales [out], the sums of the weights [out], zeros up to a whole line of 64 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "ops/matmul/int8/finish_product.h"
#include "ops/matmul/weight_views.h"

namespace agront::ops {

inline size_t Int8ChannelBytes(int64_t out) {
  return (static_cast<size_t>(out) * (sizeof(float) + sizeof(int32_t)) + kPackedLine - 1) / kPackedLine * kPackedLine;
}

/// To Int8ChannelBytes.
inline void WriteInt8Channels(const Int8WeightView& weights, std::byte* bytes) {
  const auto out = static_cast<size_t>(weights.out);
  const std::vector<int32_t> sums = Int8WeightSums(weights);
  std::memset(bytes, 0, Int8ChannelBytes(weights.out));
  std::memcpy(bytes, weights.scales, out * sizeof(float));
  std::memcpy(bytes + out * sizeof(float), sums.data(), out * sizeof(int32_t));
}

/// The channels of packed weights.
class Int8Channels {
 public:
  explicit Int8Channels(const PackedView& packed)
      : scales_(reinterpret_cast<const float*>(packed.bytes.data())), out_(static_cast<size_t>(packed.out)) {}

  std::span<const float> scales() const { return {scales_, out_}; }
  std::span<const int32_t> sums() const { return {reinterpret_cast<const int32_t*>(scales_ + out_), out_}; }

 private:
  const float* scales_;
  size_t out_;
};

}  // namespace agront::ops
