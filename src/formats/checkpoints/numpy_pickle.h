// SPDX-License-Identifier: Apache-2.0
// NumPy arrays as pickles describe them: where their values are, and how to read these from the stream.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/checkpoints/byte_reader.h"
#include "formats/checkpoints/pickle_value.h"
#include "tensor/dtype.h"

namespace agront::formats {

/// The globals that pickles of arrays may name: NumPy's and JAX's rebuilders, dtypes, and joblib's NumpyArrayWrapper.
std::span<const std::string_view> NumpyGlobals();

struct StoredArray {
  tensor::DType dtype = tensor::DType::kFloat32;
  std::string format = {};  ///< of kOther, as in TensorEntry
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  ///< in elements
  uint64_t offset = 0;           ///< in the stream
  uint64_t length = 0;           ///< bytes in the stream
  bool is_latin1 = false;        ///< protocol 2 keeps bytes as text, in UTF-8: values of 128 and more take two bytes
};

/// An array whose bytes are inside the pickle: by numpy itself (_reconstruct and BUILD, or _frombuffer) or by
/// jax around it; nothing for other values. Complex and unsigned numbers, texts and times are DType::kOther. Throws
/// Error beginning with `place` for an array of objects, of records, of big-endian numbers, or with the wrong amount of
/// bytes.
std::optional<StoredArray> FindNumpyArray(std::string_view place, const PickleTree& tree, PickleId id);

/// The array whose values follow, when `object` is joblib's NumpyArrayWrapper, and skips them;
/// nothing for other objects. Throws Error beginning with `place` as FindNumpyArray does.
std::optional<StoredArray> SkipJoblibArray(std::string_view place, const PickleTree& tree, PickleId object,
                                           ByteReader& reader);

/// The values of an array of a floating-point format in the order of the stream; `reader` stands at its
/// offset. `out` has as many elements as the array. Throws Error beginning with `place`.
void ReadArray(std::string_view place, const StoredArray& array, ByteReader& reader, std::span<float> out);

}  // namespace agront::formats
