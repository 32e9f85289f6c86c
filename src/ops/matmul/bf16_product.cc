// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/bf16_product.h"

#include "base/error.h"
#include "device/cpu/instruction_set.h"
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
                      tensor::MatrixView y) {
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

}  // namespace

void Bf16Product::Multiply(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                           tensor::MatrixView y) {
  if (a.rows != y.rows || a.cols != b.rows || b.cols != y.cols)
    Fail("matmul: [{}, {}] times [{}, {}] is not [{}, {}]", a.rows, a.cols, b.rows, b.cols, y.rows, y.cols);
  if (y.rows == 0 || y.cols == 0) return;
  if (device::cpu::HasTiles()) return MultiplyByTiles(a, b, bias, epilogue, y);
  MultiplyByOneDnn(a, b, bias, epilogue, y);
}

void Bf16Product::MultiplyByTiles(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias,
                                  Epilogue epilogue, tensor::MatrixView y) {
  const int64_t row_bytes = a.cols * static_cast<int64_t>(sizeof(uint16_t));
  lines_.Reserve(TileLineBytes(a));
  CopyToTileLines(a, lines_.data());
  const size_t panel_bytes = TilePanelBytes(y.cols, row_bytes);
  panels_.Reserve(panel_bytes);
  CopyToTilePanels(b, {panels_.data(), panel_bytes});
  if (bias.empty()) {
    no_bias_.Use(static_cast<size_t>(y.cols));
    bias = {no_bias_.data(), static_cast<size_t>(y.cols)};
  }
  MultiplyBf16Tiles(lines_.data(), {panels_.data(), y.cols, row_bytes, bias}, epilogue, y);
}

}  // namespace agront::ops
