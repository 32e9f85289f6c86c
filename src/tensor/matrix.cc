// SPDX-License-Identifier: Apache-2.0
#include "tensor/matrix.h"

#include <sys/mman.h>

#include <cstdlib>

namespace agront::tensor {

void* AllocateAligned(size_t bytes) {
  constexpr size_t kLine = 64;
  constexpr size_t kHugePage = 2 << 20;
  const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kLine;
  void* memory = std::aligned_alloc(alignment, (bytes + kLine - 1) / kLine * kLine);
  if (memory == nullptr && bytes > 0) throw std::bad_alloc();
  // A wish: without huge pages everything works, more slowly.
  if (alignment == kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

void FreeAligned(void* memory) { std::free(memory); }

}  // namespace agront::tensor
