// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include "device/communicator.h"

namespace agront::device {
namespace {

/// As under `mpirun -n 1`: what a process does whose jobs are done one after the other.
TEST(JoinRanks, WorksTwiceInOneProcess) {
  setenv("OMPI_COMM_WORLD_SIZE", "1", /*overwrite=*/0);
  for (int turn = 0; turn < 2; ++turn) {
    const auto ranks = JoinRanks();
    EXPECT_EQ(ranks->rank(), 0);
    EXPECT_EQ(ranks->size(), 1);
  }
  unsetenv("OMPI_COMM_WORLD_SIZE");
}

}  // namespace
}  // namespace agront::device
