// SPDX-License-Identifier: Apache-2.0
// Where a weight lies in the panels of panel_product.h, for the kernels that write and read them.
#if defined(AGRONT_OPS_PANEL_LAYOUT) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_PANEL_LAYOUT
#undef AGRONT_OPS_PANEL_LAYOUT
#else
#define AGRONT_OPS_PANEL_LAYOUT
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

#include "ops/matmul/panels/panel_product.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

inline size_t DivideUp(size_t count, size_t size) { return (count + size - 1) / size; }

/// The inputs in blocks of about the same size.
struct InputBlocks {
  explicit InputBlocks(size_t in) : all(in), size(DivideUp(in, DivideUp(in, static_cast<size_t>(kMostBlockInputs)))) {}
  size_t all;
  size_t size;
  size_t SizeAt(size_t first) const { return std::min(size, all - first); }
};

/// Where a panel's weights of the block of inputs from `first` on begin.
inline size_t PanelOffset(const InputBlocks& blocks, size_t first, size_t panels, size_t panel) {
  return (first * panels + panel * blocks.SizeAt(first)) * PanelColumns();
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
