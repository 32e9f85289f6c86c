// SPDX-License-Identifier: Apache-2.0
// Ranks that are threads of one process, for tests of what ranks do together. A sum is taken where it is waited for.
#pragma once

#include <algorithm>
#include <barrier>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "ranks/communicator.h"

namespace agront::training {

/// Where the threads meet.
struct ThreadMeeting {
  explicit ThreadMeeting(int size) : barrier(size), shown(static_cast<size_t>(size)) {}

  std::barrier<> barrier;
  std::vector<std::span<const std::byte>> shown;  ///< what each rank lets the others read
};

class ThreadRank final : public ranks::Communicator {
 public:
  ThreadRank(ThreadMeeting& meeting, int rank) : meeting_(meeting), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(meeting_.shown.size()); }
  int local_size() const override { return size(); }
  void EndAllAtExit() override {}

  void Sum(std::span<double> values) override {
    std::vector<double> sums(values.size());
    Meet(std::as_bytes(values), [&] {
      for (int from = 0; from < size(); ++from)
        std::ranges::transform(sums, Shown<double>(from), sums.begin(), std::plus<>());
    });
    std::ranges::copy(sums, values.begin());
  }

  void Broadcast(std::span<std::byte> bytes) override {
    Meet(bytes, [&] {
      if (rank_ != 0) std::ranges::copy(meeting_.shown[0], bytes.begin());
    });
  }

  std::unique_ptr<Pending> StartSumOfParts(std::span<float> values, const std::vector<int64_t>& bounds) override {
    return std::make_unique<PendingSum>(*this, values, bounds);
  }

  void ShareParts(std::span<float> values, const std::vector<int64_t>& bounds) override {
    Meet(std::as_bytes(values), [&] {
      for (int from = 0; from < size(); ++from)
        if (from != rank_)
          std::ranges::copy(Part(Shown<float>(from), bounds, from), Part(values, bounds, from).begin());
    });
  }

  void Collect(std::span<const float> part, const std::function<void(std::span<const float>)>& sink) override {
    Meet(std::as_bytes(part), [&] {
      for (int from = 0; rank_ == 0 && from < size(); ++from) sink(Shown<float>(from));
    });
  }

 private:
  class PendingSum final : public Pending {
   public:
    PendingSum(ThreadRank& ranks, std::span<float> values, std::vector<int64_t> bounds)
        : ranks_(ranks), values_(values), bounds_(std::move(bounds)) {}
    void Progress() override {}
    void Finish() override {
      const std::span<float> own = Part(values_, bounds_, ranks_.rank_);
      std::vector<float> sums(own.size());
      ranks_.Meet(std::as_bytes(values_), [&] {
        for (int from = 0; from < ranks_.size(); ++from)
          std::ranges::transform(sums, Part(ranks_.Shown<float>(from), bounds_, ranks_.rank_), sums.begin(),
                                 std::plus<>());
      });
      std::ranges::copy(sums, own.begin());
    }

   private:
    ThreadRank& ranks_;
    std::span<float> values_;
    std::vector<int64_t> bounds_;
  };

  /// Does `work` while all ranks show their bytes.
  template <class Work>
  void Meet(std::span<const std::byte> bytes, const Work& work) {
    meeting_.shown[static_cast<size_t>(rank_)] = bytes;
    meeting_.barrier.arrive_and_wait();
    work();
    meeting_.barrier.arrive_and_wait();
  }

  template <class T>
  std::span<const T> Shown(int rank) const {
    const std::span<const std::byte> bytes = meeting_.shown[static_cast<size_t>(rank)];
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

  template <class T>
  static std::span<T> Part(std::span<T> values, const std::vector<int64_t>& bounds, int rank) {
    const auto begin = static_cast<size_t>(bounds[static_cast<size_t>(rank)]);
    return values.subspan(begin, static_cast<size_t>(bounds[static_cast<size_t>(rank) + 1]) - begin);
  }

  ThreadMeeting& meeting_;
  int rank_;
};

/// Calls `work` on `size` threads, each with its rank, and returns when all are done. An exception ends the program,
/// for the others would wait.
inline void RunRanks(int size, const std::function<void(ranks::Communicator&)>& work) {
  ThreadMeeting meeting(size);
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < size; ++rank)
    threads.emplace_back([&, rank] {
      ThreadRank of_thread(meeting, rank);
      work(of_thread);
    });
}

}  // namespace agront::training
