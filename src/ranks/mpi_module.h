// SPDX-License-Identifier: Apache-2.0
// MPI's world, in a module of its own, so that program and library run where there is no MPI. MPI's own errors end all
// ranks, with MPI's message.
#pragma once

#include "agront/export.h"
#include "ranks/communicator.h"

/// The function that JoinRanks looks up in the module. Starts MPI unless it runs already, and then ends it at exit. The
/// caller owns the result. Throws Error when this process has ended MPI, which cannot start twice.
extern "C" AGRONT_EXPORT agront::ranks::Communicator* AgrontMakeMpiCommunicator();
