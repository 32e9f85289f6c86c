// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "base/error.h"
#include "ranks/communicator.h"
#include "ranks/mpi_module.h"

namespace agront::ranks {
namespace {

/// The number of processes that a launcher says it started, for Open MPI, and for MPICH and Slurm (PMI).
int LaunchedProcesses() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE"})
    if (const char* text = std::getenv(name)) return std::atoi(text);
  return 0;
}

/// The function that makes the communicator, or nullptr with the reason. The module stays loaded: MPI ends at exit.
decltype(&AgrontMakeMpiCommunicator) LoadModule(std::string& reason) {
  // Found by the run path of the program or library that this is linked into. Global, as Open MPI's own plugins look
  // for its names.
  void* module = dlopen(AGRONT_MPI_MODULE, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  void* symbol = module == nullptr ? nullptr : dlsym(module, "AgrontMakeMpiCommunicator");
  if (symbol == nullptr) reason = dlerror();
  return reinterpret_cast<decltype(&AgrontMakeMpiCommunicator)>(symbol);
}

}  // namespace

std::unique_ptr<Communicator> JoinRanks() {
  const int launched = LaunchedProcesses();
  if (launched == 0) return MakeSingleProcess();
  std::string reason;
  if (const auto make = LoadModule(reason)) return std::unique_ptr<Communicator>(make());
  if (launched == 1) return MakeSingleProcess();
  Fail("{} processes were started: expected MPI to join them, got {}; install Open MPI (openmpi-bin)", launched,
       reason);
}

}  // namespace agront::ranks
