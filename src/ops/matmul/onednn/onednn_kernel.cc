// SPDX-License-Identifier: Apache-2.0
// Weights in the layout that oneDNN asks for on this processor.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/int8/finish_product.h"
#include "ops/matmul/onednn/onednn_2.h"
#include "ops/matmul/onednn/onednn_product.h"
#include "ops/matmul/padded_rows.h"
#include "ops/matmul/row_parts.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {
namespace {

// The parts of an 8-bit product. Smaller parts lose product rate, larger ones the cache. A multiple of what PaddedRows
// rounds to up to there.
constexpr int64_t kInt8PartRows = 256;

/// The number formats of one kind of product.
struct Kind {
  Precision precision;
  InputFormat input_format;
  DataType weights;
  DataType input;
  DataType output;
};

constexpr Kind kFp32{Precision::kFp32, InputFormat::kFloat32, DataType::f32, DataType::f32, DataType::f32};
constexpr Kind kBf16{Precision::kBf16, InputFormat::kBFloat16, DataType::bf16, DataType::bf16, DataType::f32};
constexpr Kind kInt8{Precision::kInt8, InputFormat::kUInt8, DataType::s8, DataType::u8, DataType::s32};

dnnl::memory::desc WantedLayout(const Kind& kind, int64_t out, int64_t in) {
  return OneDnnProduct::WantedLayout(in, out, kind.weights, kind.input, kind.output);
}

/// The sizes of a layout's blocks and strides name it.
std::string LayoutName(const Kind& kind, const dnnl::memory::desc& desc) {
  const char* type = kind.weights == DataType::f32 ? "fp32" : kind.weights == DataType::bf16 ? "bf16" : "int8";
  return fmt::format("onednn-{}-{}", type, LayoutText(desc));
}

/// Bytes of the weights alone, filled up so that an int8 kernel's scales behind them are aligned.
size_t WeightBytes(const dnnl::memory::desc& layout) {
  return (layout.get_size() + alignof(float) - 1) / alignof(float) * alignof(float);
}

/// The common part of the three kinds. `packed_` may be followed by an int8 kernel's scales and sums.
class OneDnnKernel : public WeightsKernel {
 public:
  OneDnnKernel(const Kind& kind, PackedView packed, Bias bias) : kind_(kind), bias_(std::move(bias)) {
    const dnnl::memory::desc layout = WantedLayout(kind, packed.out, packed.in);
    const size_t bytes = WeightBytes(layout) + ExtraBytes(kind, packed.out);
    packed_ = CheckedSize(std::move(packed), bytes);
    weights_ = dnnl::memory(layout, device::cpu::OneDnnEngine(), const_cast<std::byte*>(packed_.bytes.data()));
    product_ = OneDnnProduct(layout, kind.input, kind.output);
  }

  static size_t ExtraBytes(const Kind& kind, int64_t out) {
    return kind.precision == Precision::kInt8 ? static_cast<size_t>(out) * (sizeof(float) + sizeof(int32_t)) : 0;
  }

  Precision precision() const override { return kind_.precision; }
  InputFormat input_format() const override { return kind_.input_format; }
  PackedView packed() const override { return packed_; }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    if (kind_.precision == Precision::kInt8) return MultiplyInt8(x, epilogue, y);
    ForEachPart(PaddedRows(y.rows), kMostProductRows, [&](int64_t first, int64_t rows) {
      product_.Execute(rows, epilogue, x.row(first), weights_, bias_.data(), y.data + first * y.cols);
    });
  }

  std::string Name(int64_t rows) const override {
    const int64_t padded = PaddedRows(rows);
    return product_.KernelName(kind_.precision == Precision::kInt8 ? std::min(kInt8PartRows, padded) : padded);
  }

  void Unpack(std::span<float> weights) const override {
    const dnnl::memory plain = Reordered(weights_, StoredOutByIn(packed_.in, packed_.out, kind_.weights));
    const void* values = plain.get_data_handle();
    switch (kind_.precision) {
      case Precision::kTf32:
      case Precision::kFp32: std::copy_n(static_cast<const float*>(values), weights.size(), weights.data()); return;
      case Precision::kBf16: WidenBf16({static_cast<const uint16_t*>(values), weights.size()}, weights); return;
      case Precision::kInt8:
        for (size_t i = 0; i < weights.size(); ++i)
          weights[i] =
              scales()[i / static_cast<size_t>(packed_.in)] * static_cast<float>(static_cast<const int8_t*>(values)[i]);
        return;
    }
  }

 private:
  /// The library computes the sums of a few hundred rows, and our own pass dequantizes them while still in cache: the
  /// library does not take scales and zero points by row.
  void MultiplyInt8(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const {
    thread_local tensor::AlignedBuffer<int32_t> sums;  // shared by all matrices
    const auto needed = static_cast<size_t>(kInt8PartRows * y.cols);
    if (sums.size() < needed) sums = tensor::AlignedBuffer<int32_t>(needed);
    ForEachPart(PaddedRows(y.rows), kInt8PartRows, [&](int64_t first, int64_t rows) {
      product_.Execute(rows, Epilogue::kNone, x.row(first), weights_, nullptr, sums.data());
      const int64_t shown = std::min(rows, y.rows - first);
      FinishInt8Product({sums.data(),
                         x.quantization().subspan(static_cast<size_t>(first)),
                         {weight_sums(), bias_.size()},
                         {scales(), bias_.size()},
                         bias_},
                        epilogue, {y.data + first * y.cols, shown, y.cols, shown});
    });
  }

  const float* scales() const {
    return reinterpret_cast<const float*>(packed_.bytes.data() + WeightBytes(weights_.get_desc()));
  }
  const int32_t* weight_sums() const { return reinterpret_cast<const int32_t*>(scales() + packed_.out); }

  Kind kind_;
  Bias bias_;
  PackedView packed_;
  dnnl::memory weights_;
  OneDnnProduct product_;
};

/// `weights` as `given` describes them, in the library's own layout, with room for what `fill` writes behind them.
template <class Fill>
std::unique_ptr<WeightsKernel> Pack(const Kind& kind, const dnnl::memory::desc& given, const void* weights, Bias bias,
                                    const Fill& fill) {
  const int64_t in = given.dims()[0];
  const int64_t out = given.dims()[1];
  const dnnl::memory::desc layout = WantedLayout(kind, out, in);
  const size_t size = WeightBytes(layout) + OneDnnKernel::ExtraBytes(kind, out);
  const auto memory = std::make_shared<const tensor::AlignedBuffer<std::byte>>(size);
  Reorder(dnnl::memory(given, device::cpu::OneDnnEngine(), const_cast<void*>(weights)),
          dnnl::memory(layout, device::cpu::OneDnnEngine(), memory->data()));
  fill(memory->data() + WeightBytes(layout));
  return std::make_unique<OneDnnKernel>(
      kind, PackedView{LayoutName(kind, layout), {memory->data(), size}, out, in, memory}, std::move(bias));
}

constexpr auto kNothing = [](std::byte* /*extra*/) {};

std::unique_ptr<WeightsKernel> Use(const Kind& kind, const PackedView& packed, const Bias& bias) {
  if (!packed.layout.starts_with("onednn-")) return nullptr;
  if (packed.layout != LayoutName(kind, WantedLayout(kind, packed.out, packed.in))) return nullptr;
  return std::make_unique<OneDnnKernel>(kind, packed, bias);
}

constexpr char kWidenedLayout[] = "plain-bf16";

/// Each product widens the weights first.
class WidenedBf16Kernel final : public WeightsKernel {
 public:
  WidenedBf16Kernel(Bf16WeightView view, Bias bias)
      : bias_(std::move(bias)),
        view_(std::move(view)),
        layout_(StoredOutByIn(view_.in, view_.out, DataType::f32)),
        product_(layout_, DataType::f32, DataType::f32) {}

  Precision precision() const override { return Precision::kBf16; }
  InputFormat input_format() const override { return InputFormat::kFloat32; }
  std::string Name(int64_t rows) const override { return product_.KernelName(PaddedRows(rows)); }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    thread_local tensor::AlignedBuffer<float> wide;  // shared by all matrices
    if (wide.size() < values().size()) wide = tensor::AlignedBuffer<float>(values().size());
    WidenBf16(values(), {wide.data(), values().size()});
    const dnnl::memory weights(layout_, device::cpu::OneDnnEngine(), wide.data());
    ForEachPart(PaddedRows(y.rows), kMostProductRows, [&](int64_t first, int64_t rows) {
      product_.Execute(rows, epilogue, x.row(first), weights, bias_.data(), y.data + first * y.cols);
    });
  }

  PackedView packed() const override {
    return {kWidenedLayout, std::as_bytes(values()), view_.out, view_.in, view_.owner};
  }
  void Unpack(std::span<float> weights) const override { WidenBf16(values(), weights); }

 private:
  std::span<const uint16_t> values() const { return {view_.data, static_cast<size_t>(view_.out * view_.in)}; }

  Bias bias_;
  Bf16WeightView view_;
  dnnl::memory::desc layout_;
  OneDnnProduct product_;
};

}  // namespace

size_t OneDnnBytes(int64_t out, int64_t in, Precision precision) {
  const Kind& kind = precision == Precision::kFp32 ? kFp32 : precision == Precision::kBf16 ? kBf16 : kInt8;
  return WeightBytes(WantedLayout(kind, out, in)) + OneDnnKernel::ExtraBytes(kind, out);
}

std::unique_ptr<WeightsKernel> MakeOneDnnFp32(StoredWeights weights, Bias bias) {
  const WeightView view = Widened(std::move(weights));
  const dnnl::memory::desc given({view.in, view.out}, DataType::f32,
                                 dnnl::memory::dims{view.in_stride, view.out_stride});
  return Pack(kFp32, given, view.data, std::move(bias), kNothing);
}

std::unique_ptr<WeightsKernel> MakeOneDnnBf16(StoredWeights weights, Bias bias) {
  const Bf16WeightView view = Rounded(std::move(weights));
  return Pack(kBf16, StoredOutByIn(view.in, view.out, DataType::bf16), view.data, std::move(bias), kNothing);
}

std::unique_ptr<WeightsKernel> MakeOneDnnInt8(StoredWeights weights, Bias bias) {
  const auto& view = std::get<Int8WeightView>(weights);
  CheckInt8Terms(view.in);
  return Pack(kInt8, StoredOutByIn(view.in, view.out, DataType::s8), view.data, std::move(bias), [&](std::byte* extra) {
    const auto out = static_cast<size_t>(view.out);
    std::memcpy(extra, view.scales, out * sizeof(float));
    std::memcpy(extra + out * sizeof(float), Int8WeightSums(view).data(), out * sizeof(int32_t));
  });
}

std::unique_ptr<WeightsKernel> UseOneDnnFp32(const PackedView& packed, const Bias& bias) {
  return Use(kFp32, packed, bias);
}

std::unique_ptr<WeightsKernel> UseOneDnnBf16(const PackedView& packed, const Bias& bias) {
  return Use(kBf16, packed, bias);
}

std::unique_ptr<WeightsKernel> UseOneDnnInt8(const PackedView& packed, const Bias& bias) {
  return Use(kInt8, packed, bias);
}

size_t WidenedBytes(int64_t out, int64_t in, Precision /*precision*/) {
  return static_cast<size_t>(out * in) * sizeof(uint16_t);
}

std::unique_ptr<WeightsKernel> MakeWidenedBf16(StoredWeights weights, Bias bias) {
  return std::make_unique<WidenedBf16Kernel>(Rounded(std::move(weights)), std::move(bias));
}

std::unique_ptr<WeightsKernel> UseWidenedBf16(const PackedView& packed, const Bias& bias) {
  if (packed.layout != kWidenedLayout) return nullptr;
  const PackedView checked = CheckedSize(packed, WidenedBytes(packed.out, packed.in, Precision::kBf16));
  const auto* values = reinterpret_cast<const uint16_t*>(checked.bytes.data());
  return std::make_unique<WidenedBf16Kernel>(Bf16WeightView{values, packed.out, packed.in, packed.owner}, bias);
}

}  // namespace agront::ops
