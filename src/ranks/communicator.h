// SPDX-License-Identifier: Apache-2.0
// The processes of one job: one alone, or the ranks that mpirun started. All sums are in the order of the ranks, so the
// same number of ranks gives the same bits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace agront::ranks {

/// Thread safety: none. Every function is called by all ranks, in the same order with the same sizes, except where it
/// says otherwise.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// The ranks on this machine, which share its cores.
  virtual int local_size() const = 0;

  /// This rank cannot go on, and the others would wait for it: when its process ends, all end at once, with its exit
  /// status. Each rank may call it alone. Alone, a process does nothing.
  virtual void EndAllAtExit() = 0;

  /// Each value becomes the sum over the ranks.
  virtual void Sum(std::span<double> values) = 0;

  /// Copies the bytes of rank 0 to all.
  virtual void Broadcast(std::span<std::byte> bytes) = 0;

  /// A sum under way; the values must stay where they are.
  class Pending {
   public:
    virtual ~Pending() = default;
    /// Lets the library work on it.
    virtual void Progress() = 0;
    /// Returns when the sum is there.
    virtual void Finish() = 0;
  };

  /// `values` are cut at `bounds` (size() + 1 of them, rising from 0 to the number of values): of part r, rank r gets
  /// the sum over all ranks, in place; in the other parts its own values stay.
  virtual std::unique_ptr<Pending> StartSumOfParts(std::span<float> values, const std::vector<int64_t>& bounds) = 0;

  /// The reverse: part r of rank r is copied to all ranks.
  virtual void ShareParts(std::span<float> values, const std::vector<int64_t>& bounds) = 0;

  /// Rank 0 calls `sink` with the parts of rank 0, 1, ... in turn, in pieces; on other ranks it is not called.
  virtual void Collect(std::span<const float> part, const std::function<void(std::span<const float>)>& sink) = 0;
};

/// MPI's world when mpirun (or another launcher that it knows) started this process and the module for MPI can be
/// loaded, else this process alone. MPI is started unless it runs already, and whoever starts it ends it: this library
/// does at exit. Call before other threads start. Throws Error when there are several processes and no such module, or
/// MPI was ended.
std::unique_ptr<Communicator> JoinRanks();

/// This process alone.
std::unique_ptr<Communicator> MakeSingleProcess();

}  // namespace agront::ranks
