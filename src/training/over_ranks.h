// SPDX-License-Identifier: Apache-2.0
// A job over the processes that mpirun started, and what they settle together.
#pragma once

#include <cstdint>
#include <functional>

#include "agront/reporter.h"
#include "ranks/communicator.h"

namespace agront::training {

/// Joins the ranks and runs `work` with them and a reporter: rank 0 reports for all, and each asks whether to stop.
/// Exceptions of `work` propagate. When a rank of several throws an error, the others may wait for it:
/// they end when its process does. So checks belong into `work`.
void OverRanks(Reporter* reporter, const std::function<void(ranks::Communicator&, Reporter&)>& work);

/// Whether the reporter of any rank says stop. Called by all ranks.
bool AnyRankStops(Reporter& reporter, ranks::Communicator& ranks);

/// Bytes that each rank may take: as many as the one with the fewest. Machines differ, and the ranks of one share its
/// memory. All have looked before this returns, and so before any of them takes its part. Called by all ranks.
/// `allowed`: what the user lets each have; 0: nine tenths of what is free.
int64_t RoomOfEachRank(int64_t allowed, ranks::Communicator& ranks);

}  // namespace agront::training
