// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "base/error.h"
#include "device/communicator.h"
#include "device/mpi/mpi_communicator.h"

namespace agront::device {
namespace {

/// The number of processes that a launcher says it started, for Open MPI, and for MPICH and Slurm (PMI).
int LaunchedProcesses() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE"})
    if (const char* text = std::getenv(name)) return std::atoi(text);
  return 0;
}

}  // namespace

std::unique_ptr<Communicator> JoinRanks() {
  const int launched = LaunchedProcesses();
  if (launched == 0) return MakeSingleProcess();
#ifdef AGRONT_MPI
  return MakeMpiCommunicator();
#else
  if (launched == 1) return MakeSingleProcess();
  Fail("{} processes were started, but this program was built without MPI: install libopenmpi-dev and build anew",
       launched);
#endif
}

}  // namespace agront::device
