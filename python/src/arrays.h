// SPDX-License-Identifier: Apache-2.0
// Numbers of C++ as arrays of NumPy, without a copy.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "agront/model.h"

namespace agront::python {

namespace nb = nanobind;

/// A row-major array that owns what `data` points to by way of `owner`.
template <class T>
nb::object NumpyArray(T* data, std::initializer_list<size_t> shape, nb::capsule owner) {
  return nb::cast(nb::ndarray<nb::numpy, T>(data, shape.size(), shape.begin(), std::move(owner)));
}

/// The vector moves to the heap, where the array keeps it.
template <class T>
nb::object NumpyOf(std::vector<T> values, std::initializer_list<size_t> shape) {
  auto* kept = new std::vector<T>(std::move(values));
  nb::capsule owner(kept, [](void* vector) noexcept { delete static_cast<std::vector<T>*>(vector); });
  return NumpyArray(kept->data(), shape, std::move(owner));
}

template <class T>
nb::object NumpyOf(std::vector<T> values) {
  const size_t size = values.size();
  return NumpyOf(std::move(values), {size});
}

inline nb::object NumpyOf(Values values) {
  return NumpyOf(std::move(values.data), {static_cast<size_t>(values.rows), static_cast<size_t>(values.cols)});
}

/// Numbers whose count is not known before. It grows by realloc, which moves pages of a large block and copies none of
/// them, so that there is never a second copy.
template <class T>
class GrowingArray {
 public:
  GrowingArray() = default;
  ~GrowingArray() { std::free(data_); }
  GrowingArray(GrowingArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  GrowingArray(const GrowingArray&) = delete;
  GrowingArray& operator=(const GrowingArray&) = delete;
  GrowingArray& operator=(GrowingArray&&) = delete;

  size_t size() const { return size_; }
  std::span<T> values() { return {data_, size_}; }

  void Append(std::span<const T> values) {
    if (size_ + values.size() > capacity_) Resize(std::max(size_ + values.size(), capacity_ + capacity_ / 2));
    std::ranges::copy(values, data_ + size_);
    size_ += values.size();
  }

  /// Gives the numbers away.
  nb::object ToNumpy(std::initializer_list<size_t> shape) {
    if (size_ > 0) Resize(size_);
    T* data = std::exchange(data_, nullptr);
    if (data == nullptr) return NumpyOf(std::vector<T>(), shape);
    size_ = capacity_ = 0;
    return NumpyArray(data, shape, nb::capsule(data, [](void* block) noexcept { std::free(block); }));
  }

 private:
  void Resize(size_t capacity) {
    void* moved = std::realloc(data_, capacity * sizeof(T));
    if (moved == nullptr) throw std::bad_alloc();
    data_ = static_cast<T*>(moved);
    capacity_ = capacity;
  }

  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace agront::python
