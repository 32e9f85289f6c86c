// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/kept_weights.h"

#include <utility>
#include <variant>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/quantize_weights.h"

namespace agront::ops {
namespace {

KeptWeights KeepFloats(WeightView weights) {
  if (weights.in_stride == 1 && weights.out_stride == weights.in)
    return {tensor::ConstMatrixView{weights.data, weights.out, weights.in, weights.out}, std::move(weights.owner)};
  const auto values = std::make_shared<tensor::AlignedBuffer<float>>(static_cast<size_t>(weights.out * weights.in));
  ParallelFor(weights.out, [&](int64_t o) {
    for (int64_t i = 0; i < weights.in; ++i)
      values->data()[o * weights.in + i] = weights.data[o * weights.out_stride + i * weights.in_stride];
  });
  return {tensor::ConstMatrixView{values->data(), weights.out, weights.in, weights.out}, values};
}

KeptWeights KeepBf16(Bf16WeightView weights) {
  auto owner = std::move(weights.owner);
  return {weights, std::move(owner)};
}

KeptWeights RoundToBf16(const WeightView& weights) {
  const KeptWeights floats = KeepFloats(weights);
  const auto values = std::get<tensor::ConstMatrixView>(floats.view).values();
  const auto rounded = std::make_shared<tensor::AlignedBuffer<uint16_t>>(values.size());
  ops::RoundToBf16(values, {rounded->data(), rounded->size()});
  return KeepBf16({rounded->data(), weights.out, weights.in, rounded});
}

KeptWeights KeepInt8(Int8WeightView weights) {
  auto owner = std::move(weights.owner);
  return {weights, std::move(owner)};
}

}  // namespace

KeptWeights Keep(StoredWeights weights, Precision precision) {
  if (auto* bf16 = std::get_if<Bf16WeightView>(&weights); bf16 != nullptr && precision == Precision::kBf16)
    return KeepBf16(std::move(*bf16));
  if (auto* int8 = std::get_if<Int8WeightView>(&weights); int8 != nullptr && precision == Precision::kInt8)
    return KeepInt8(std::move(*int8));
  const WeightView wide = Widened(std::move(weights));
  switch (precision) {
    case Precision::kFp32:
    case Precision::kTf32: return KeepFloats(wide);
    case Precision::kBf16: return RoundToBf16(wide);
    case Precision::kInt8: {
      const QuantizedWeights quantized = Quantize(wide);
      return quantized.relative_error > kMostInt8Error ? RoundToBf16(wide) : KeepInt8(quantized.view);
    }
  }
  Fail("linear: unknown precision");
}

int64_t KeptBytes(int64_t out, int64_t in, Precision precision) {
  switch (precision) {
    case Precision::kFp32:
    case Precision::kTf32: return out * in * static_cast<int64_t>(sizeof(float));
    case Precision::kBf16: return out * in * static_cast<int64_t>(sizeof(uint16_t));
    case Precision::kInt8: return out * (in + static_cast<int64_t>(sizeof(float)));
  }
  Fail("linear: unknown precision");
}

}  // namespace agront::ops
