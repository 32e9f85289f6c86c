// SPDX-License-Identifier: Apache-2.0
// 8-bit weights in panels (int8_panel_product.h), behind what else the product needs: the scale and the sum of each
// output channel's weights.
#include "ops/matmul/int8/int8_channels.h"
#include "ops/matmul/panels/int8_panel_product.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {
namespace {

constexpr char kLayout[] = "panels16-int8";

class PanelInt8Kernel final : public WeightsKernel {
 public:
  PanelInt8Kernel(const PackedView& packed, Bias bias)
      : bias_(std::move(bias)),
        packed_(CheckedSize(packed, PanelInt8Bytes(packed.out, packed.in, Precision::kInt8))),
        channels_(packed_) {
    CheckInt8Terms(packed_.in);
  }

  Precision precision() const override { return Precision::kInt8; }
  InputFormat input_format() const override { return InputFormat::kUInt8; }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    MultiplyInt8Panels(static_cast<const uint8_t*>(x.row(0)), x.quantization(),
                       {panels(), packed_.out, packed_.in, channels_.sums(), channels_.scales(), bias_}, epilogue, y);
  }

  std::string Name(int64_t /*rows*/) const override { return packed_.layout; }
  PackedView packed() const override { return packed_; }

  void Unpack(std::span<float> weights) const override {
    for (int64_t o = 0; o < packed_.out; ++o)
      for (int64_t i = 0; i < packed_.in; ++i)
        weights[o * packed_.in + i] =
            channels_.scales()[o] * static_cast<float>(panels()[Int8PanelIndex(o, i, packed_.in)]);
  }

 private:
  const int8_t* panels() const {
    return reinterpret_cast<const int8_t*>(packed_.bytes.data() + Int8ChannelBytes(packed_.out));
  }

  Bias bias_;
  PackedView packed_;
  Int8Channels channels_;
};

}  // namespace

size_t PanelInt8Bytes(int64_t out, int64_t in, Precision /*precision*/) {
  return Int8ChannelBytes(out) + Int8PanelBytes(out, in);
}

std::unique_ptr<WeightsKernel> MakePanelInt8(StoredWeights weights, Bias bias) {
  const auto& view = std::get<Int8WeightView>(weights);
  const size_t start = Int8ChannelBytes(view.out);
  const size_t size = Int8PanelBytes(view.out, view.in);
  const auto memory = std::make_shared<const tensor::AlignedBuffer<std::byte>>(start + size);
  std::byte* bytes = memory->data();
  WriteInt8Channels(view, bytes);
  PackInt8Panels(view, {reinterpret_cast<int8_t*>(bytes + start), size});
  return std::make_unique<PanelInt8Kernel>(PackedView{kLayout, {bytes, start + size}, view.out, view.in, memory},
                                           std::move(bias));
}

std::unique_ptr<WeightsKernel> UsePanelInt8(const PackedView& packed, const Bias& bias) {
  if (packed.layout != kLayout) return nullptr;
  return std::make_unique<PanelInt8Kernel>(packed, bias);
}

}  // namespace agront::ops
