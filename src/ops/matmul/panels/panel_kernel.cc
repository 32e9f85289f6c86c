// SPDX-License-Identifier: Apache-2.0
// float32 and bfloat16 weights in panels (panel_product.h).
#include <fmt/format.h>

#include "ops/matmul/panels/panel_product.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {
namespace {

template <class Value>
constexpr Precision kPrecision = sizeof(Value) == sizeof(float) ? Precision::kFp32 : Precision::kBf16;

template <class Value>
std::string Layout() {
  return fmt::format("panels{}x{}-{}", PanelWidth(), kMostBlockInputs,
                     kPrecision<Value> == Precision::kFp32 ? "fp32" : "bf16");
}

template <class Value>
class PanelKernel final : public WeightsKernel {
 public:
  PanelKernel(const PackedView& packed, Bias bias)
      : bias_(std::move(bias)),
        packed_(CheckedSize(packed, PanelFloatBytes(packed.out, packed.in, kPrecision<Value>))) {}

  Precision precision() const override { return kPrecision<Value>; }
  InputFormat input_format() const override { return InputFormat::kFloat32; }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    MultiplyPanels(x.values(), {packed_.bytes.data(), sizeof(Value) == 2, packed_.out, packed_.in, bias_}, epilogue, y);
  }

  std::string Name(int64_t /*rows*/) const override { return packed_.layout; }
  PackedView packed() const override { return packed_; }

  void Unpack(std::span<float> weights) const override {
    UnpackPanels({reinterpret_cast<const Value*>(packed_.bytes.data()), packed_.bytes.size() / sizeof(Value)},
                 packed_.out, packed_.in, weights);
  }

 private:
  Bias bias_;
  PackedView packed_;
};

template <class Value>
std::unique_ptr<WeightsKernel> Make(const auto& view, Bias bias) {
  const auto panels = std::make_shared<const tensor::AlignedBuffer<Value>>(PanelWeightCount(view.out, view.in));
  const std::span<Value> values(panels->data(), panels->size());
  PackPanels(view, values);
  return std::make_unique<PanelKernel<Value>>(
      PackedView{Layout<Value>(), std::as_bytes(values), view.out, view.in, panels}, std::move(bias));
}

template <class Value>
std::unique_ptr<WeightsKernel> Use(const PackedView& packed, const Bias& bias) {
  if (packed.layout != Layout<Value>()) return nullptr;
  return std::make_unique<PanelKernel<Value>>(packed, bias);
}

}  // namespace

size_t PanelFloatBytes(int64_t out, int64_t in, Precision precision) {
  return PanelWeightCount(out, in) * (precision == Precision::kFp32 ? sizeof(float) : sizeof(uint16_t));
}

std::unique_ptr<WeightsKernel> MakePanelFp32(StoredWeights weights, Bias bias) {
  return Make<float>(Widened(std::move(weights)), std::move(bias));
}

std::unique_ptr<WeightsKernel> MakePanelBf16(StoredWeights weights, Bias bias) {
  if (const auto* view = std::get_if<Bf16WeightView>(&weights)) return Make<uint16_t>(*view, std::move(bias));
  return Make<uint16_t>(Widened(std::move(weights)), std::move(bias));
}

std::unique_ptr<WeightsKernel> UsePanelFp32(const PackedView& packed, const Bias& bias) {
  return Use<float>(packed, bias);
}

std::unique_ptr<WeightsKernel> UsePanelBf16(const PackedView& packed, const Bias& bias) {
  return Use<uint16_t>(packed, bias);
}

}  // namespace agront::ops
