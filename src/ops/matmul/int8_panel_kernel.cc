// SPDX-License-Identifier: Apache-2.0
// 8-bit weights in panels (int8_panel_product.h), behind what else the product needs: the scale and the sum of each
// output channel's weights.
#include <cstring>

#include "ops/matmul/int8_panel_product.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {
namespace {

constexpr char kLayout[] = "panels16-int8";

/// Bytes before the panels.
size_t PanelStart(int64_t out) {
  constexpr size_t kLine = 64;
  return (static_cast<size_t>(out) * (sizeof(float) + sizeof(int32_t)) + kLine - 1) / kLine * kLine;
}

class PanelInt8Kernel final : public WeightsKernel {
 public:
  PanelInt8Kernel(const PackedView& packed, Bias bias)
      : bias_(std::move(bias)), packed_(CheckedSize(packed, PanelInt8Bytes(packed.out, packed.in))) {
    CheckInt8Terms(packed_.in);
  }

  Precision precision() const override { return Precision::kInt8; }
  InputFormat input_format() const override { return InputFormat::kUInt8; }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    MultiplyInt8Panels(static_cast<const uint8_t*>(x.row(0)), x.quantization(),
                       {panels(), packed_.out, packed_.in, {sums(), bias_.size()}, {scales(), bias_.size()}, bias_},
                       epilogue, y);
  }

  std::string Name(int64_t /*rows*/) const override { return packed_.layout; }
  PackedView packed() const override { return packed_; }

  void Unpack(std::span<float> weights) const override {
    for (int64_t o = 0; o < packed_.out; ++o)
      for (int64_t i = 0; i < packed_.in; ++i)
        weights[o * packed_.in + i] = scales()[o] * static_cast<float>(panels()[Int8PanelIndex(o, i, packed_.in)]);
  }

 private:
  const float* scales() const { return reinterpret_cast<const float*>(packed_.bytes.data()); }
  const int32_t* sums() const { return reinterpret_cast<const int32_t*>(scales() + packed_.out); }
  const int8_t* panels() const {
    return reinterpret_cast<const int8_t*>(packed_.bytes.data() + PanelStart(packed_.out));
  }

  Bias bias_;
  PackedView packed_;
};

}  // namespace

size_t PanelInt8Bytes(int64_t out, int64_t in) { return PanelStart(out) + Int8PanelBytes(out, in); }

std::unique_ptr<WeightsKernel> MakePanelInt8(const Int8WeightView& weights, Bias bias) {
  const size_t start = PanelStart(weights.out);
  const size_t size = Int8PanelBytes(weights.out, weights.in);
  const auto memory = std::make_shared<const tensor::AlignedBuffer<std::byte>>(start + size);
  std::byte* bytes = memory->data();
  std::memset(bytes, 0, start);
  std::memcpy(bytes, weights.scales, static_cast<size_t>(weights.out) * sizeof(float));
  const std::vector<int32_t> sums = Int8WeightSums(weights);
  std::memcpy(bytes + static_cast<size_t>(weights.out) * sizeof(float), sums.data(), sums.size() * sizeof(int32_t));
  PackInt8Panels(weights, {reinterpret_cast<int8_t*>(bytes + start), size});
  return std::make_unique<PanelInt8Kernel>(PackedView{kLayout, {bytes, start + size}, weights.out, weights.in, memory},
                                           std::move(bias));
}

std::unique_ptr<WeightsKernel> UsePanelInt8(const PackedView& packed, const Bias& bias) {
  if (packed.layout != kLayout) return nullptr;
  return std::make_unique<PanelInt8Kernel>(packed, bias);
}

}  // namespace agront::ops
