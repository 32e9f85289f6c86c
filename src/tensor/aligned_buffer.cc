// SPDX-License-Identifier: Apache-2.0
#include "tensor/aligned_buffer.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace agront::tensor {
namespace {

std::atomic<int64_t> bytes_held = 0;
std::atomic<int64_t> allocations_made = 0;

}  // namespace

BufferTotals CountBuffers() { return {bytes_held.load(), allocations_made.load()}; }

void* AllocateAligned(size_t bytes) {
  constexpr size_t kLine = 64;
  constexpr size_t kHugePage = 2 << 20;
  const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kLine;
  // Not aligned_alloc, which may refuse sizes that are no multiple of the alignment.
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, (bytes + kLine - 1) / kLine * kLine) != 0) throw std::bad_alloc();
  // A wish: without huge pages everything works, more slowly.
  if (alignment == kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
  bytes_held.fetch_add(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  allocations_made.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void FreeAligned(void* memory, size_t bytes) {
  std::free(memory);
  bytes_held.fetch_sub(static_cast<int64_t>(bytes), std::memory_order_relaxed);
}

}  // namespace agront::tensor
