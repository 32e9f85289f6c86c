// SPDX-License-Identifier: Apache-2.0
// oneDNN's product with one weight matrix: a primitive for each number of rows, made when first needed.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "device/cpu/onednn.h"
#include "ops/matmul/epilogue.h"

namespace agront::ops {

using DataType = dnnl::memory::data_type;

dnnl::post_ops PostOpsOf(Epilogue epilogue);

/// A weight matrix [in, out], as oneDNN sees them, that is stored as [out, in], row by row.
dnnl::memory::desc StoredOutByIn(int64_t in, int64_t out, DataType type);

/// Copies `source` into the layout of `target`.
void Reorder(dnnl::memory source, dnnl::memory target);

/// In another layout, in memory of its own.
dnnl::memory Reordered(const dnnl::memory& source, const dnnl::memory::desc& layout);

/// x [rows, in] of `input` times weights [in, out] to y [rows, out] of `output`. Bias and epilogue go with float32
/// outputs only. Thread safety: none.
class OneDnnProduct {
 public:
  OneDnnProduct() = default;
  OneDnnProduct(const dnnl::memory::desc& weights, DataType input, DataType output)
      : weights_(weights), input_(input), output_(output) {}

  /// The layout of the weights that the kernels ask for.
  static dnnl::memory::desc WantedLayout(int64_t in, int64_t out, DataType weights, DataType input, DataType output);

  /// `bias` is null for integer outputs.
  void Execute(int64_t rows, Epilogue epilogue, const void* x, const dnnl::memory& weights, const float* bias,
               void* y) const;

  std::string KernelName(int64_t rows) const;

 private:
  struct Primitive {
    dnnl::matmul product;
    dnnl::memory scratch;
  };
  const Primitive& Find(int64_t rows, Epilogue epilogue) const;

  dnnl::memory::desc weights_;
  DataType input_ = DataType::f32;
  DataType output_ = DataType::f32;
  mutable std::map<std::pair<int64_t, Epilogue>, Primitive> primitives_;
};

}  // namespace agront::ops
