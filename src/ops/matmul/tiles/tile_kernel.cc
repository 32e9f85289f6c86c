// SPDX-License-Identifier: Apache-2.0
// bfloat16 and 8-bit weights in the panels of tiles (tile_product.h), for tiles and for dot products; 8-bit ones behind
// their channels' scales and sums.
#include "ops/bf16/bf16.h"
#include "ops/matmul/int8/int8_channels.h"
#include "ops/matmul/tiles/tile_product.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {
namespace {

constexpr char kBf16Layout[] = "tiles-bf16";
constexpr char kInt8Layout[] = "tiles-int8";
constexpr int64_t kBf16Bytes = sizeof(uint16_t);

class TileBf16Kernel final : public WeightsKernel {
 public:
  TileBf16Kernel(TileUnit unit, const PackedView& packed, Bias bias)
      : unit_(unit),
        bias_(std::move(bias)),
        packed_(CheckedSize(packed, TileBytes(packed.out, packed.in, Precision::kBf16))) {}

  Precision precision() const override { return Precision::kBf16; }
  InputFormat input_format() const override { return InputFormat::kBFloat16Lines; }
  std::string Name(int64_t /*rows*/) const override { return packed_.layout; }
  PackedView packed() const override { return packed_; }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    MultiplyBf16Tiles(static_cast<const std::byte*>(x.row(0)),
                      {packed_.bytes.data(), packed_.out, kBf16Bytes * packed_.in, bias_, unit_}, epilogue, y);
  }

  bool MultiplyToLines(const ProductInput& x, Epilogue epilogue, int64_t rows, std::byte* lines) const override {
    MultiplyBf16TilesToLines(static_cast<const std::byte*>(x.row(0)), rows,
                             {packed_.bytes.data(), packed_.out, kBf16Bytes * packed_.in, bias_, unit_}, epilogue,
                             lines);
    return true;
  }

  void Unpack(std::span<float> weights) const override {
    std::vector<uint16_t> plain(weights.size());
    UnpackTilePanels(packed_.bytes, packed_.out, kBf16Bytes * packed_.in, reinterpret_cast<std::byte*>(plain.data()));
    WidenBf16(plain, weights);
  }

 private:
  TileUnit unit_;
  Bias bias_;
  PackedView packed_;
};

class TileInt8Kernel final : public WeightsKernel {
 public:
  TileInt8Kernel(TileUnit unit, const PackedView& packed, Bias bias)
      : unit_(unit),
        bias_(std::move(bias)),
        packed_(CheckedSize(packed, TileBytes(packed.out, packed.in, Precision::kInt8))),
        channels_(packed_) {
    CheckInt8Terms(packed_.in);
  }

  Precision precision() const override { return Precision::kInt8; }
  InputFormat input_format() const override { return InputFormat::kUInt8Lines; }
  std::string Name(int64_t /*rows*/) const override { return packed_.layout; }
  PackedView packed() const override { return packed_; }

  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const override {
    MultiplyInt8Tiles(static_cast<const std::byte*>(x.row(0)), x.quantization(),
                      {panels().data(), packed_.out, packed_.in, bias_, unit_}, channels_.sums(), channels_.scales(),
                      epilogue, y);
  }

  void Unpack(std::span<float> weights) const override {
    std::vector<int8_t> plain(weights.size());
    UnpackTilePanels(panels(), packed_.out, packed_.in, reinterpret_cast<std::byte*>(plain.data()));
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] = channels_.scales()[i / static_cast<size_t>(packed_.in)] * static_cast<float>(plain[i]);
  }

 private:
  std::span<const std::byte> panels() const { return packed_.bytes.subspan(Int8ChannelBytes(packed_.out)); }

  TileUnit unit_;
  Bias bias_;
  PackedView packed_;
  Int8Channels channels_;
};

std::unique_ptr<WeightsKernel> MakeBf16(TileUnit unit, StoredWeights weights, Bias bias) {
  const Bf16WeightView view = Rounded(std::move(weights));
  const auto memory =
      std::make_shared<const tensor::AlignedBuffer<std::byte>>(TileBytes(view.out, view.in, Precision::kBf16));
  const std::span<std::byte> panels(memory->data(), memory->size());
  PackTilePanels(reinterpret_cast<const std::byte*>(view.data), view.out, kBf16Bytes * view.in, panels);
  return std::make_unique<TileBf16Kernel>(unit, PackedView{kBf16Layout, panels, view.out, view.in, memory},
                                          std::move(bias));
}

std::unique_ptr<WeightsKernel> MakeInt8(TileUnit unit, StoredWeights weights, Bias bias) {
  const auto view = std::get<Int8WeightView>(std::move(weights));
  const auto memory =
      std::make_shared<const tensor::AlignedBuffer<std::byte>>(TileBytes(view.out, view.in, Precision::kInt8));
  const std::span<std::byte> bytes(memory->data(), memory->size());
  WriteInt8Channels(view, bytes.data());
  PackTilePanels(reinterpret_cast<const std::byte*>(view.data), view.out, view.in,
                 bytes.subspan(Int8ChannelBytes(view.out)));
  return std::make_unique<TileInt8Kernel>(unit, PackedView{kInt8Layout, bytes, view.out, view.in, memory},
                                          std::move(bias));
}

template <class Kernel>
std::unique_ptr<WeightsKernel> Use(TileUnit unit, const char* layout, const PackedView& packed, const Bias& bias) {
  if (packed.layout != layout) return nullptr;
  return std::make_unique<Kernel>(unit, packed, bias);
}

}  // namespace

size_t TileBytes(int64_t out, int64_t in, Precision precision) {
  if (precision == Precision::kInt8) return Int8ChannelBytes(out) + TilePanelBytes(out, in);
  return TilePanelBytes(out, kBf16Bytes * in);
}

std::unique_ptr<WeightsKernel> MakeTileBf16(StoredWeights weights, Bias bias) {
  return MakeBf16(TileUnit::kTiles, std::move(weights), std::move(bias));
}

std::unique_ptr<WeightsKernel> MakeDotBf16(StoredWeights weights, Bias bias) {
  return MakeBf16(TileUnit::kDots, std::move(weights), std::move(bias));
}

std::unique_ptr<WeightsKernel> MakeTileInt8(StoredWeights weights, Bias bias) {
  return MakeInt8(TileUnit::kTiles, std::move(weights), std::move(bias));
}

std::unique_ptr<WeightsKernel> MakeDotInt8(StoredWeights weights, Bias bias) {
  return MakeInt8(TileUnit::kDots, std::move(weights), std::move(bias));
}

std::unique_ptr<WeightsKernel> MakeDot256Int8(StoredWeights weights, Bias bias) {
  return MakeInt8(TileUnit::kDots256, std::move(weights), std::move(bias));
}

std::unique_ptr<WeightsKernel> UseTileBf16(const PackedView& packed, const Bias& bias) {
  return Use<TileBf16Kernel>(TileUnit::kTiles, kBf16Layout, packed, bias);
}

std::unique_ptr<WeightsKernel> UseDotBf16(const PackedView& packed, const Bias& bias) {
  return Use<TileBf16Kernel>(TileUnit::kDots, kBf16Layout, packed, bias);
}

std::unique_ptr<WeightsKernel> UseTileInt8(const PackedView& packed, const Bias& bias) {
  return Use<TileInt8Kernel>(TileUnit::kTiles, kInt8Layout, packed, bias);
}

std::unique_ptr<WeightsKernel> UseDotInt8(const PackedView& packed, const Bias& bias) {
  return Use<TileInt8Kernel>(TileUnit::kDots, kInt8Layout, packed, bias);
}

std::unique_ptr<WeightsKernel> UseDot256Int8(const PackedView& packed, const Bias& bias) {
  return Use<TileInt8Kernel>(TileUnit::kDots256, kInt8Layout, packed, bias);
}

}  // namespace agront::ops
