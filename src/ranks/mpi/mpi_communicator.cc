// SPDX-License-Identifier: Apache-2.0
#include "ranks/mpi_module.h"

#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "base/error.h"
#include "base/parallel.h"

namespace agront::ranks {
namespace {

// Values of one message: MPI counts in int.
constexpr int64_t kMostValues = int64_t{1} << 28;

/// Each owner receives its part of every rank, and adds them up in the order of the ranks: MPI's own reductions may
/// add in another order for another size.
class PartsSum final : public Communicator::Pending {
 public:
  PartsSum(std::span<float> values, const std::vector<int64_t>& bounds, int rank, int size)
      : values_(
            values.subspan(static_cast<size_t>(bounds[rank]), static_cast<size_t>(bounds[rank + 1] - bounds[rank]))),
        rank_(rank),
        received_(static_cast<size_t>(size)) {
    for (int other = 0; other < size; ++other) {
      if (other == rank) continue;
      received_[other].resize(values_.size());
      Transfer(values_.size(), [&](int64_t first, int count) {
        MPI_Irecv(received_[other].data() + first, count, MPI_FLOAT, other, kTag, MPI_COMM_WORLD, NewRequest());
      });
      const float* part = values.data() + bounds[other];
      Transfer(static_cast<size_t>(bounds[other + 1] - bounds[other]), [&](int64_t first, int count) {
        MPI_Isend(part + first, count, MPI_FLOAT, other, kTag, MPI_COMM_WORLD, NewRequest());
      });
    }
  }

  void Progress() override {
    int done = 0;
    MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE);
  }

  void Finish() override {
    MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
    constexpr int64_t kPart = 1 << 14;
    const auto count = static_cast<int64_t>(values_.size());
    ParallelFor((count + kPart - 1) / kPart, [&](int64_t part) {
      const int64_t end = std::min(count, (part + 1) * kPart);
      for (int64_t i = part * kPart; i < end; ++i) {
        const float own = values_[i];
        float sum = rank_ == 0 ? own : received_[0][i];
        for (int other = 1; other < static_cast<int>(received_.size()); ++other)
          sum += other == rank_ ? own : received_[other][i];
        values_[i] = sum;
      }
    });
    received_.clear();
  }

 private:
  static constexpr int kTag = 1;

  template <class Start>
  static void Transfer(size_t count, const Start& start) {
    for (int64_t first = 0; first < static_cast<int64_t>(count); first += kMostValues)
      start(first, static_cast<int>(std::min(kMostValues, static_cast<int64_t>(count) - first)));
  }
  MPI_Request* NewRequest() { return &requests_.emplace_back(); }

  std::span<float> values_;  // the part of this rank
  int rank_;
  std::vector<std::vector<float>> received_;  // from each other rank
  std::vector<MPI_Request> requests_;
};

class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator() {
    Start();
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    MPI_Comm local;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &local);
    MPI_Comm_size(local, &local_size_);
    MPI_Comm_free(&local);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_size() const override { return local_size_; }

  void EndAllAtExit() override {
    static std::once_flag once;
    std::call_once(once, [] {  // runs before the function that ends MPI, which would wait for the others
      on_exit(
          [](int status, void*) {
            if (!IsEnded()) MPI_Abort(MPI_COMM_WORLD, status == 0 ? 1 : status);
          },
          nullptr);
    });
  }

  void Sum(std::span<double> values) override {
    std::vector<double> all(values.size() * static_cast<size_t>(size_));
    const int count = static_cast<int>(values.size());
    MPI_Allgather(values.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, MPI_COMM_WORLD);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = all[i];
      for (int other = 1; other < size_; ++other) values[i] += all[static_cast<size_t>(other) * values.size() + i];
    }
  }

  void Broadcast(std::span<std::byte> bytes) override {
    for (size_t first = 0; first < bytes.size(); first += kMostValues) {
      const size_t count = std::min<size_t>(kMostValues, bytes.size() - first);
      MPI_Bcast(bytes.data() + first, static_cast<int>(count), MPI_BYTE, 0, MPI_COMM_WORLD);
    }
  }

  std::unique_ptr<Pending> StartSumOfParts(std::span<float> values, const std::vector<int64_t>& bounds) override {
    return std::make_unique<PartsSum>(values, bounds, rank_, size_);
  }

  void ShareParts(std::span<float> values, const std::vector<int64_t>& bounds) override {
    for (int owner = 0; owner < size_; ++owner)
      for (int64_t first = bounds[owner]; first < bounds[owner + 1]; first += kMostValues) {
        const int64_t count = std::min(kMostValues, bounds[owner + 1] - first);
        MPI_Bcast(values.data() + first, static_cast<int>(count), MPI_FLOAT, owner, MPI_COMM_WORLD);
      }
  }

  void Collect(std::span<const float> part, const std::function<void(std::span<const float>)>& sink) override {
    constexpr int64_t kPiece = 1 << 22;
    constexpr int kTag = 2;
    if (rank_ == 0) sink(part);
    for (int owner = 1; owner < size_; ++owner) {
      auto count = static_cast<int64_t>(part.size());
      if (rank_ == owner) MPI_Send(&count, 1, MPI_INT64_T, 0, kTag, MPI_COMM_WORLD);
      if (rank_ == 0) MPI_Recv(&count, 1, MPI_INT64_T, owner, kTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      std::vector<float> piece;
      for (int64_t first = 0; first < count; first += kPiece) {
        const auto size = static_cast<int>(std::min(kPiece, count - first));
        if (rank_ == owner) MPI_Send(part.data() + first, size, MPI_FLOAT, 0, kTag, MPI_COMM_WORLD);
        if (rank_ != 0) continue;
        piece.resize(static_cast<size_t>(size));
        MPI_Recv(piece.data(), size, MPI_FLOAT, owner, kTag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        sink(piece);
      }
    }
  }

 private:
  /// Who starts MPI ends it: the program that this library is part of, or this library at exit.
  static void Start() {
    int is_started = 0;
    MPI_Initialized(&is_started);
    if (is_started == 0) {
      int provided = 0;
      MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
      std::atexit([] {
        if (!IsEnded()) MPI_Finalize();
      });
    }
    if (IsEnded()) Fail("MPI: expected it running, got one that this process has ended");
  }

  static bool IsEnded() {
    int is_ended = 0;
    MPI_Finalized(&is_ended);
    return is_ended != 0;
  }

  int rank_ = 0;
  int size_ = 1;
  int local_size_ = 1;
};

}  // namespace
}  // namespace agront::ranks

agront::ranks::Communicator* AgrontMakeMpiCommunicator() { return new agront::ranks::MpiCommunicator; }
