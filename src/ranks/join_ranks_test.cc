// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include "ranks/communicator.h"

namespace agront::ranks {
namespace {

bool has_joined = false;

/// As under `mpirun -n 1`: what a process does whose jobs are done one after the other.
TEST(JoinRanks, WorksTwiceInOneProcess) {
  has_joined = true;
  setenv("OMPI_COMM_WORLD_SIZE", "1", /*overwrite=*/0);
  for (int turn = 0; turn < 2; ++turn) {
    const auto ranks = JoinRanks();
    EXPECT_EQ(ranks->rank(), 0);
    EXPECT_EQ(ranks->size(), 1);
  }
  unsetenv("OMPI_COMM_WORLD_SIZE");
}

}  // namespace

/// Asked by the leak sanitizer: Open MPI keeps what it read, and unloads the modules that read it, so what it keeps has
/// no name that could be left out.
extern "C" int __lsan_is_turned_off() { return has_joined ? 1 : 0; }

}  // namespace agront::ranks
