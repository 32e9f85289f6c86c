// SPDX-License-Identifier: Apache-2.0
// Shared by the fuzzers of checkpoints: reads all of one.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "formats/checkpoints/tensor_archive.h"
#include "formats/fuzz_files.h"

namespace agront::formats {

/// Reads every value of every tensor.
inline void ReadTensors(const TensorArchive& archive) {
  constexpr int64_t kMostElements = 1 << 26;
  for (size_t i = 0; i < archive.entries().size(); ++i) {
    int64_t count = 1;
    for (const int64_t extent : archive.entries()[i].shape) count *= extent;
    Expect(count >= 0 && count <= kMostElements, "a tensor is no larger than its file");
    Parse([&] {
      const TensorValues values = archive.Read(i);
      volatile float sum = 0;
      for (int64_t element = 0; element < count; ++element) {
        int64_t rest = element;
        int64_t at = 0;
        for (size_t axis = values.shape.size(); axis-- > 0; rest /= values.shape[axis])
          at += rest % values.shape[axis] * values.strides[axis];
        sum = sum + values.data[at];
      }
    });
    Parse([&] {
      volatile unsigned sum = 0;
      for (const std::byte byte : archive.Bytes(i).bytes) sum = sum + static_cast<unsigned>(byte);
    });
  }
  archive.HeaderHash();
}

/// A file that tools/make_format_fixtures.py has made.
inline std::string ReadFixture(const std::string& name) {
  std::ifstream in(std::string(AGRONT_SOURCE_DIR) + "/tests/data/formats/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace agront::formats
