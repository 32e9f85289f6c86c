// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/bf16_product.h"

#include "base/error.h"
#include "ops/matmul/kernel_families.h"

namespace agront::ops {

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
