// SPDX-License-Identifier: Apache-2.0
#include "tensor/pages.h"

#include <sys/mman.h>

#include <new>

namespace agront::tensor {

std::shared_ptr<float[]> AllocatePages(int64_t count) {
  const size_t bytes = static_cast<size_t>(count) * sizeof(float);
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return {static_cast<float*>(pages), [bytes](float* values) { munmap(values, bytes); }};
}

}  // namespace agront::tensor
