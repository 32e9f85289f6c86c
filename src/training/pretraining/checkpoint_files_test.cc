// SPDX-License-Identifier: Apache-2.0
#include "training/pretraining/checkpoint_files.h"

#include <gtest/gtest.h>

namespace agront::training {
namespace {

/// What it says was read from a file.
TEST(Computation, IsSaidPrintably) {
  const Computation computation{.ranks = 2, .threads = 3, .micro_batch = 4, .instruction_set = "\x1b[31mAVX2"};
  EXPECT_EQ(computation.Rounding(Precision::kFp32), "2 ranks, micro-batch 4, \\x1b[31mAVX2");
  EXPECT_EQ(computation.Rounding(Precision::kBf16), "2 ranks, micro-batch 4, \\x1b[31mAVX2, 3 threads");
}

}  // namespace
}  // namespace agront::training
