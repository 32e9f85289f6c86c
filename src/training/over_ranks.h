// SPDX-License-Identifier: Apache-2.0
// A job over the processes that mpirun started, and what they settle together.
#pragma once

#include <cstdint>
#include <functional>

#include "device/communicator.h"

namespace agront::training {

/// Joins the ranks and runs `work` with them. What `work` throws goes on when there is one rank; of several, it is
/// printed and ends them all, with the exit status that one process would have. What all ranks find is printed once, by
/// rank 0, unless that is more than 3 seconds behind another one (a slow disk of one machine, say): each other rank
/// that is as late prints it, too. So checks belong into `work`.
void OverRanks(const std::function<void(device::Communicator&)>& work);

/// Bytes that each rank may take: as many as the one with the fewest. Machines differ, and the ranks of one share its
/// memory. All have looked before this returns, and so before any of them takes its part. Called by all ranks.
/// `allowed`: what the user lets each have; 0: nine tenths of what is free.
int64_t RoomOfEachRank(int64_t allowed, device::Communicator& ranks);

}  // namespace agront::training
