// SPDX-License-Identifier: Apache-2.0
// Memory for numbers: activations, packed weights, kernels' scratch. Most large memory of the engine comes from here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace agront::tensor {

/// Bytes of all buffers of the process, and how often one was made: tests compare plans of memory with them.
struct BufferTotals {
  int64_t bytes = 0;
  int64_t allocations = 0;
};
BufferTotals CountBuffers();

/// On a cache line, or on a huge page if large. Throws std::bad_alloc.
void* AllocateAligned(size_t bytes);
/// `bytes` as they were asked for.
void FreeAligned(void* memory, size_t bytes);

/// Memory of numbers on a cache line; not initialised. Large ones ask for huge pages: kernels that walk through many
/// rows at once would otherwise wait for the address translation.
template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t count)
      : data_(static_cast<T*>(AllocateAligned(count * sizeof(T))), Free{count * sizeof(T)}), count_(count) {}
  T* data() const { return data_.get(); }
  size_t size() const { return count_; }

 private:
  struct Free {
    size_t bytes = 0;
    void operator()(T* data) const { FreeAligned(data, bytes); }
  };
  std::unique_ptr<T, Free> data_;
  size_t count_ = 0;
};

/// A buffer that is used again for other numbers of values. What was never used is not touched, so memory that is
/// reserved and not needed costs addresses only.
template <class T>
class ReusedBuffer {
 public:
  /// Takes memory if it has less, and then forgets its values.
  void Reserve(size_t count) {
    if (count <= buffer_.size()) return;
    buffer_ = {};  // not both at once
    buffer_ = AlignedBuffer<T>(count);
    used_ = 0;
  }

  /// Room for `count` values: zeros where none were before, else what was left there.
  void Use(size_t count) {
    Reserve(count);
    if (count <= used_) return;
    std::fill_n(buffer_.data() + used_, count - used_, T{});
    used_ = count;
  }

  T* data() const { return buffer_.data(); }

 private:
  AlignedBuffer<T> buffer_;
  size_t used_ = 0;
};

}  // namespace agront::tensor
