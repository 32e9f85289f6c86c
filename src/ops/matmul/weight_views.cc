// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/weight_views.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {
namespace {

std::shared_ptr<float[]> Allocate(int64_t out, int64_t in) {
  return std::shared_ptr<float[]>(new float[static_cast<size_t>(out * in)]);
}

WeightView Widen(WeightView weights) { return weights; }

WeightView Widen(const Bf16WeightView& weights) {
  const auto wide = Allocate(weights.out, weights.in);
  const auto count = static_cast<size_t>(weights.out * weights.in);
  WidenBf16({weights.data, count}, {wide.get(), count});
  return {wide.get(), weights.out, weights.in, weights.in, 1, wide};
}

WeightView Widen(const Int8WeightView& weights) {
  const auto wide = Allocate(weights.out, weights.in);
  for (int64_t o = 0; o < weights.out; ++o)
    for (int64_t i = o * weights.in; i < (o + 1) * weights.in; ++i)
      wide[i] = weights.scales[o] * static_cast<float>(weights.data[i]);
  return {wide.get(), weights.out, weights.in, weights.in, 1, wide};
}

WeightView Widen(PackedView weights) {
  const auto wide = Allocate(weights.out, weights.in);
  const auto [out, in] = std::pair(weights.out, weights.in);
  const std::vector<float> no_bias(static_cast<size_t>(out));
  UsePacked(std::move(weights), no_bias)->Unpack({wide.get(), static_cast<size_t>(out * in)});
  return {wide.get(), out, in, in, 1, wide};
}

}  // namespace

PackedView CheckedSize(PackedView packed, size_t size) {
  const size_t got = packed.bytes.size();
  if (got != size && got != (size + kPackedLine - 1) / kPackedLine * kPackedLine)
    Fail("{}: expected {} bytes for [{}, {}] in the layout {}, got {}", packed.place, size, packed.out, packed.in,
         packed.layout, got);
  packed.bytes = packed.bytes.first(size);
  return packed;
}

WeightView Widened(StoredWeights weights) {
  return std::visit([](auto& view) { return Widen(std::move(view)); }, weights);
}

Bf16WeightView Rounded(StoredWeights weights) {
  if (auto* view = std::get_if<Bf16WeightView>(&weights)) return std::move(*view);
  const WeightView view = Widened(std::move(weights));
  const auto count = static_cast<size_t>(view.out * view.in);
  const auto rounded = std::make_shared<const tensor::AlignedBuffer<uint16_t>>(count);
  if (view.in_stride == 1 && view.out_stride == view.in) {
    RoundToBf16({view.data, count}, {rounded->data(), count});
  } else {
    std::vector<float> row(static_cast<size_t>(view.in));
    for (int64_t o = 0; o < view.out; ++o) {
      for (int64_t i = 0; i < view.in; ++i) row[i] = view.data[o * view.out_stride + i * view.in_stride];
      RoundToBf16(row, {rounded->data() + o * view.in, row.size()});
    }
  }
  return {rounded->data(), view.out, view.in, rounded};
}

void ForEachRow(const WeightView& view, const std::function<void(std::span<const float>)>& work) {
  if (view.in_stride == 1) {
    for (int64_t i = 0; i < view.out; ++i) work({view.data + i * view.out_stride, static_cast<size_t>(view.in)});
    return;
  }
  // A transposed matrix is copied in bands of rows, so that each of its cache lines is read once.
  constexpr int64_t kBand = 64;
  std::vector<float> band(static_cast<size_t>(kBand * view.in));
  for (int64_t begin = 0; begin < view.out; begin += kBand) {
    const int64_t rows = std::min(kBand, view.out - begin);
    for (int64_t j = 0; j < view.in; ++j)
      for (int64_t i = 0; i < rows; ++i)
        band[i * view.in + j] = view.data[(begin + i) * view.out_stride + j * view.in_stride];
    for (int64_t i = 0; i < rows; ++i) work({band.data() + i * view.in, static_cast<size_t>(view.in)});
  }
}

}  // namespace agront::ops
