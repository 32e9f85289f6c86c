// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "device/cpu/onednn.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/bf16_product.h"
#include "ops/matmul/onednn/onednn_2.h"
#include "ops/matmul/onednn/onednn_product.h"

namespace agront::ops {
namespace {

using dnnl::memory;

/// Rounded into `room` if need be; the library takes bfloat16 alone.
memory MemoryOf(const Bf16Operand& operand, tensor::ReusedBuffer<std::byte>& room) {
  const memory::desc desc({operand.rows, operand.cols}, DataType::bf16,
                          memory::dims{operand.row_stride, operand.col_stride});
  if (const auto* bf16 = std::get_if<const uint16_t*>(&operand.data))
    return {desc, device::cpu::OneDnnEngine(), const_cast<uint16_t*>(*bf16)};
  const auto size = static_cast<size_t>(operand.rows * operand.cols);
  if (desc.get_size() != size * sizeof(uint16_t))
    Fail("matmul: expected [{}, {}] without gaps, got strides of {} and {}", operand.rows, operand.cols,
         operand.row_stride, operand.col_stride);
  room.Reserve(size * sizeof(uint16_t));
  const std::span<uint16_t> rounded(reinterpret_cast<uint16_t*>(room.data()), size);
  RoundToBf16({std::get<const float*>(operand.data), size}, rounded);
  return {desc, device::cpu::OneDnnEngine(), rounded.data()};
}

memory MemoryOf(const float* values, int64_t rows, int64_t cols) {
  return {
      {{rows, cols}, DataType::f32, memory::format_tag::ab}, device::cpu::OneDnnEngine(), const_cast<float*>(values)};
}

void MultiplyByOneDnn(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                      Bf16Scratch& scratch, tensor::MatrixView y) {
  std::unordered_map<int, memory> arguments = {{DNNL_ARG_SRC, MemoryOf(a, scratch.lines)},
                                               {DNNL_ARG_WEIGHTS, MemoryOf(b, scratch.panels)},
                                               {DNNL_ARG_DST, MemoryOf(y.data, y.rows, y.cols)}};
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

constexpr Bf16Multiplier kOneDnnMultiplier{MultiplyByOneDnn};

}  // namespace agront::ops
