// SPDX-License-Identifier: Apache-2.0
// MPI's world. MPI's own errors end all ranks, with MPI's message.
#pragma once

#include <memory>

#include "device/communicator.h"

namespace agront::device {

/// Starts MPI unless it runs already, and then ends it at exit. Throws Error when this process has ended it: MPI cannot
/// start twice.
std::unique_ptr<Communicator> MakeMpiCommunicator();

}  // namespace agront::device
