// SPDX-License-Identifier: Apache-2.0
#include "training/over_ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "agront/error.h"
#include "agront/printable.h"
#include "base/free_memory.h"

namespace agront::training {
namespace {

// The statuses of the program, as cli/main.cc has them for one process.
constexpr int kFailure = 1;
constexpr int kWrongUsage = 2;

}  // namespace

void OverRanks(const std::function<void(device::Communicator&)>& work) {
  const std::unique_ptr<device::Communicator> ranks = device::JoinRanks();
  try {
    work(*ranks);
  } catch (const std::exception& error) {
    if (ranks->size() == 1) throw;
    // What one rank finds wrong with a file or the memory all find wrong: the first says so and ends the others before
    // it is their turn.
    constexpr std::chrono::seconds kTurnOfTheOthers{3};
    if (ranks->rank() > 0) std::this_thread::sleep_for(kTurnOfTheOthers);
    const bool is_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
    constexpr size_t kLongest = 1500;
    fmt::print(stderr, "agront: rank {}: {}\n", ranks->rank(),
               is_memory ? "out of memory" : Printable(error.what(), kLongest));
    ranks->Abort(dynamic_cast<const UsageError*>(&error) != nullptr ? kWrongUsage : kFailure);
  }
}

int64_t RoomOfEachRank(int64_t allowed, device::Communicator& ranks) {
  const int64_t own = allowed > 0 ? allowed : FreeMemory() / 10 * 9 / ranks.local_size();
  std::vector<double> rooms(static_cast<size_t>(ranks.size()));
  rooms[static_cast<size_t>(ranks.rank())] = static_cast<double>(own);
  ranks.Sum(rooms);
  return static_cast<int64_t>(*std::ranges::min_element(rooms));
}

}  // namespace agront::training
