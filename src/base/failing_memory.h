// SPDX-License-Identifier: Apache-2.0
// For tests: memory that ends inside a parallel loop of ours. Replaces operator new and posix_memalign, so only one
// file of a test program may include it. oneDNN gets memory always: its own loops end the process without.
#pragma once

#include <dlfcn.h>
#include <malloc.h>
#include <omp.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

namespace agront {

/// Allocations of parallel loops that still succeed; a negative number: all do.
inline std::atomic<int64_t> allocations_left = -1;

inline bool IsOneDnn(const void* code) {
  Dl_info info;
  return dladdr(code, &info) != 0 && info.dli_fname != nullptr && std::strstr(info.dli_fname, "libdnnl") != nullptr;
}

/// Asks OpenMP, which may allocate to answer: that allocation is none of a loop.
inline bool IsInLoop() {
  thread_local bool is_asking = false;
  if (is_asking) return false;
  is_asking = true;
  const bool is_in_loop = omp_in_parallel() != 0;
  is_asking = false;
  return is_in_loop;
}

inline bool MemoryEnds(const void* caller) {
  if (allocations_left.load() < 0 || !IsInLoop() || IsOneDnn(caller)) return false;
  int64_t left = allocations_left.load();
  while (left > 0)  // two threads must not both take the last one
    if (allocations_left.compare_exchange_weak(left, left - 1)) return false;
  return left == 0;
}

/// The outcome of a call.
enum class Ending { kDone, kOutOfMemory, kOther };

/// Calls `work` in a new thread, whose team of OpenMP has no buffers yet, where the loops get `allocations`.
template <class Work>
Ending CallWithAllocations(int64_t allocations, const Work& work) {
  Ending ending = Ending::kDone;
  std::thread([&] {
    omp_in_parallel();  // clang's OpenMP allocates, and holds a lock, when a thread first asks it
    allocations_left = allocations;
    try {
      work();
    } catch (const std::bad_alloc&) {
      ending = Ending::kOutOfMemory;
    } catch (...) {
      ending = Ending::kOther;
    }
    allocations_left = -1;
  }).join();
  return ending;
}

}  // namespace agront

// Not inlined: GCC would see free() called on what operator new gave.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = agront::MemoryEnds(__builtin_return_address(0)) ? nullptr : std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return agront::MemoryEnds(__builtin_return_address(0)) ? nullptr : std::malloc(size > 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

// Visible, as operator new is: the other libraries take it from here, too.
extern "C" [[gnu::noinline, gnu::visibility("default")]] int posix_memalign(void** memory, size_t alignment,
                                                                            size_t size) noexcept {
  *memory = agront::MemoryEnds(__builtin_return_address(0)) ? nullptr : memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
