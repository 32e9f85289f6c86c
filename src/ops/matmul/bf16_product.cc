// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/bf16_product.h"

#include "base/error.h"
#include "device/cpu/onednn.h"
#include "ops/matmul/kernel_families.h"
#include "ops/matmul/onednn_2.h"
#include "ops/matmul/onednn_product.h"
#include "ops/matmul/tile_operands.h"
#include "ops/matmul/tile_product.h"

namespace agront::ops {
namespace {

using dnnl::memory;

memory MemoryOf(const Bf16Operand& operand) {
  const memory::desc desc({operand.rows, operand.cols}, DataType::bf16,
                          memory::dims{operand.row_stride, operand.col_stride});
  return {desc, device::cpu::OneDnnEngine(), const_cast<uint16_t*>(operand.data)};
}

memory MemoryOf(const float* values, int64_t rows, int64_t cols) {
  return {
      {{rows, cols}, DataType::f32, memory::format_tag::ab}, device::cpu::OneDnnEngine(), const_cast<float*>(values)};
}

void MultiplyByOneDnn(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                      Bf16Scratch& /*scratch*/, tensor::MatrixView y) {
  std::unordered_map<int, memory> arguments = {
      {DNNL_ARG_SRC, MemoryOf(a)}, {DNNL_ARG_WEIGHTS, MemoryOf(b)}, {DNNL_ARG_DST, MemoryOf(y.data, y.rows, y.cols)}};
  memory::desc of_bias;
  if (!bias.empty()) {
    arguments.emplace(DNNL_ARG_BIAS, MemoryOf(bias.data(), 1, y.cols));
    of_bias = arguments.at(DNNL_ARG_BIAS).get_desc();
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(PostOpsOf(epilogue));
  // The library keeps the kernels of the latest thousand shapes.
  const dnnl::matmul primitive(
      DescribeMatmul(arguments.at(DNNL_ARG_SRC).get_desc(), arguments.at(DNNL_ARG_WEIGHTS).get_desc(),
                     bias.empty() ? nullptr : &of_bias, arguments.at(DNNL_ARG_DST).get_desc(), attributes));
  primitive.execute(device::cpu::OneDnnStream(), arguments);
  device::cpu::OneDnnStream().wait();
}

template <TileUnit kUnit>
void MultiplyByPanels(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                      Bf16Scratch& scratch, tensor::MatrixView y) {
  const int64_t row_bytes = a.cols * static_cast<int64_t>(sizeof(uint16_t));
  scratch.lines.Reserve(TileLineBytes(a));
  CopyToTileLines(a, scratch.lines.data());
  const size_t panel_bytes = TilePanelBytes(y.cols, row_bytes);
  scratch.panels.Reserve(panel_bytes);
  CopyToTilePanels(b, {scratch.panels.data(), panel_bytes});
  if (bias.empty()) {
    scratch.no_bias.Use(static_cast<size_t>(y.cols));
    bias = {scratch.no_bias.data(), static_cast<size_t>(y.cols)};
  }
  MultiplyBf16Tiles(scratch.lines.data(), {scratch.panels.data(), y.cols, row_bytes, bias, kUnit}, epilogue, y);
}

}  // namespace

constexpr Bf16Multiplier kTileMultiplier{MultiplyByPanels<TileUnit::kTiles>, 1};
constexpr Bf16Multiplier kDotMultiplier{MultiplyByPanels<TileUnit::kDots>, 1};
constexpr Bf16Multiplier kOneDnnMultiplier{MultiplyByOneDnn, 0};

int64_t Bf16Product::ScratchBytes(int64_t values) {
  const Bf16Multiplier* multiplier = FamilyOf(Precision::kBf16).for_training;
  return multiplier == nullptr ? 0 : multiplier->copies * static_cast<int64_t>(sizeof(uint16_t)) * values;
}

void Bf16Product::Multiply(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                           tensor::MatrixView y) {
  if (a.rows != y.rows || a.cols != b.rows || b.cols != y.cols)
    Fail("matmul: [{}, {}] times [{}, {}] is not [{}, {}]", a.rows, a.cols, b.rows, b.cols, y.rows, y.cols);
  if (y.rows == 0 || y.cols == 0) return;
  const Bf16Multiplier* multiplier = FamilyOf(Precision::kBf16).for_training;
  if (multiplier == nullptr)
    Fail("matmul: this processor ({}) has no bf16 products", device::cpu::InstructionSetName());
  multiplier->multiply(a, b, bias, epilogue, scratch_, y);
}

}  // namespace agront::ops
