// SPDX-License-Identifier: Apache-2.0
// The table of the kernels for products with weights: which of them a processor runs, and which it prefers, is asked
// here alone. A new kernel is a row.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "agront/precision.h"
#include "device/cpu/instruction_set.h"
#include "ops/matmul/bf16_product.h"
#include "ops/matmul/product_input.h"
#include "ops/matmul/weights_kernel.h"

namespace agront::ops {

struct KernelFamily {
  std::string_view name;
  Precision precision;
  InputFormat input_format;  ///< of the product's left side

  /// Without these the processor cannot multiply such weights.
  device::cpu::Features runs_with;
  /// With these, and with those of no row above, it keeps weights of this precision so.
  device::cpu::Features chosen_with;

  /// A row's result depends neither on the other rows nor on the number of threads.
  bool is_by_row;

  /// How many bytes packed weights [out, in] of this precision take.
  size_t (*bytes)(int64_t out, int64_t in, Precision precision);
  std::unique_ptr<WeightsKernel> (*make)(StoredWeights weights, Bias bias);
  std::unique_ptr<WeightsKernel> (*use)(const PackedView& packed, const Bias& bias);
  /// The same product when both sides are new, as in training. Null where it is no faster than in float32.
  const Bf16Multiplier* for_training = nullptr;

  bool runs_here() const { return device::cpu::Has(runs_with); }
};

/// In each precision the preferred ones first.
std::span<const KernelFamily> KernelFamilies();

/// The family that this processor prefers for a precision.
const KernelFamily& FamilyOf(Precision precision);

}  // namespace agront::ops
