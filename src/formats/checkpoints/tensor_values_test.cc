// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/tensor_values.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <vector>

namespace agront::formats {
namespace {

size_t AllocatedBytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(AllocateFloats, GivesMemoryBackWhileAWeakPointerLooks) {
  constexpr size_t kCount = size_t{1} << 20;
  std::vector<std::weak_ptr<float[]>> watchers;
  const size_t before = AllocatedBytes();
  for (int i = 0; i < 8; ++i) {
    const auto values = AllocateFloats("test", kCount);
    std::fill_n(values.get(), kCount, 1.0f);
    watchers.push_back(values);
  }
  EXPECT_LT(AllocatedBytes(), before + kCount * sizeof(float));
}

}  // namespace
}  // namespace agront::formats
