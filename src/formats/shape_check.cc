// SPDX-License-Identifier: Apache-2.0
#include "formats/shape_check.h"

#include "base/error.h"

namespace agront::formats {
namespace {

/// Multiplies, and says whether the product stays within kMaxElements. Both factors are at least 0.
bool MultiplyWithin(int64_t factor, int64_t& product) {
  return !__builtin_mul_overflow(product, factor, &product) && product <= kMaxElements;
}

}  // namespace

int64_t CountElements(std::string_view place, std::span<const int64_t> shape) {
  int64_t count = 1;
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0) Fail("{}: expected sizes of at least 0, got {}", place, size);
    empty = empty || size == 0;
    if (size > 0 && !MultiplyWithin(size, count))
      Fail("{}: expected at most 2^58 elements, got a shape whose product is larger", place);
  }
  return empty ? 0 : count;
}

int64_t CountExtent(std::string_view place, std::span<const int64_t> shape, std::span<const int64_t> strides) {
  if (shape.size() != strides.size())
    Fail("{}: expected one stride for each of {} dimensions, got {}", place, shape.size(), strides.size());
  const bool empty = CountElements(place, shape) == 0;
  int64_t extent = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (strides[i] < 0) Fail("{}: expected strides of at least 0, got {}", place, strides[i]);
    int64_t step = strides[i];
    if (shape[i] > 1 && (!MultiplyWithin(shape[i] - 1, step) || (extent += step) > kMaxElements))
      Fail("{}: expected strides within 2^58 elements, got larger ones", place);
  }
  return empty ? 0 : extent;
}

std::vector<int64_t> RowMajorStrides(std::span<const int64_t> shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t step = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = step;
    step *= shape[i] > 0 ? shape[i] : 1;
  }
  return strides;
}

std::vector<int64_t> ColumnMajorStrides(std::span<const int64_t> shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t step = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    strides[i] = step;
    step *= shape[i] > 0 ? shape[i] : 1;
  }
  return strides;
}

}  // namespace agront::formats
