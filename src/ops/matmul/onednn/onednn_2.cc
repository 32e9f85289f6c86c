// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/onednn/onednn_2.h"

#include <fmt/ranges.h>

namespace agront::ops {

using dnnl::memory;

static_assert(DNNL_VERSION_MAJOR == 2, "this file is for oneDNN 2");

dnnl::matmul::primitive_desc DescribeMatmul(const memory::desc& x, const memory::desc& weights,
                                            const memory::desc* bias, const memory::desc& y,
                                            const dnnl::primitive_attr& attributes) {
  const dnnl::engine& engine = device::cpu::OneDnnEngine();
  if (bias == nullptr) return {{x, weights, y}, attributes, engine};
  return {{x, weights, *bias, y}, attributes, engine};
}

std::string LayoutText(const memory::desc& layout) {
  const auto& blocking = layout.data.format_desc.blocking;
  const auto list = [](const auto* values, int count) { return fmt::join(values, values + count, "."); };
  return fmt::format("{}-{}-{}", list(blocking.strides, layout.data.ndims),
                     list(blocking.inner_blks, blocking.inner_nblks), list(blocking.inner_idxs, blocking.inner_nblks));
}

}  // namespace agront::ops
