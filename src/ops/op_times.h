// SPDX-License-Identifier: Apache-2.0
// How long each kind of op took, and how much it computed: counted by the ops themselves, a few times a layer, for the
// caller that asks.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace agront::ops {

enum class OpKind { kProduct, kAttention, kLayerNorm, kQuantize, kEmbedding };
inline constexpr std::array kOpKinds = {OpKind::kProduct, OpKind::kAttention, OpKind::kLayerNorm, OpKind::kQuantize,
                                        OpKind::kEmbedding};

/// "products", "attention", ...
std::string_view Name(OpKind kind);

struct OpTotal {
  double seconds = 0;
  double flops = 0;  ///< multiplications and additions of products, as the shapes say: padding does not count
};

using OpTotals = std::array<OpTotal, kOpKinds.size()>;

inline const OpTotal& TotalOf(const OpTotals& totals, OpKind kind) { return totals[static_cast<size_t>(kind)]; }

/// While it lives, the ops that this thread calls are added to `totals`, and to no other.
class CountOps {
 public:
  explicit CountOps(OpTotals& totals);
  ~CountOps();
  CountOps(const CountOps&) = delete;
  CountOps& operator=(const CountOps&) = delete;

 private:
  OpTotals* before_;
};

/// Counts the time of an op from here to the end of the scope, if anybody counts.
class OpTimer {
 public:
  OpTimer(OpKind kind, double flops);
  ~OpTimer();
  OpTimer(const OpTimer&) = delete;
  OpTimer& operator=(const OpTimer&) = delete;

 private:
  OpTotal* total_;  // null: nobody counts
  double flops_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace agront::ops
