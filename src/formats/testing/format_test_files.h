// SPDX-License-Identifier: Apache-2.0
// Shared by the tests of this folder: fixtures, and checks of the values read.
#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "base/test_folder.h"
#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

/// A file that tools/make_format_fixtures.py has made.
inline std::string Fixture(const std::string& name) {
  return std::string(AGRONT_SOURCE_DIR) + "/tests/data/formats/" + name;
}

inline std::string ReadWhole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

using agront::ExpectError;
using agront::TestFolder;

inline size_t IndexOf(const TensorArchive& archive, const std::string& name) {
  for (size_t i = 0; i < archive.entries().size(); ++i)
    if (archive.entries()[i].name == name) return i;
  throw Error("no tensor " + name);
}

/// The values in row-major order, whatever their strides.
inline std::vector<float> Flatten(const TensorValues& values) {
  std::vector<float> flat;
  int64_t count = 1;
  for (int64_t size : values.shape) count *= size;
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i;
    int64_t offset = 0;
    for (size_t axis = values.shape.size(); axis-- > 0; rest /= values.shape[axis])
      offset += rest % values.shape[axis] * values.strides[axis];
    flat.push_back(values.data[offset]);
  }
  return flat;
}

inline std::vector<float> ReadFlat(const TensorArchive& archive, const std::string& name) {
  return Flatten(archive.Read(IndexOf(archive, name)));
}

/// 0, 0.25, 0.5, ...: what the fixtures hold.
inline std::vector<float> Quarters(size_t count, size_t first = 0) {
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) values.push_back(0.25f * static_cast<float>(first + i));
  return values;
}

}  // namespace agront::formats
