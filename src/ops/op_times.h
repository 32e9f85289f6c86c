// SPDX-License-Identifier: Apache-2.0
// How long each kind of op took, and how much it computed: counted by the ops themselves, a few times a layer.
#pragma once

#include <array>
#include <chrono>
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

/// Since the program started, over all threads that called ops.
OpTotal Total(OpKind kind);

/// Counts the time from here to the end of the scope.
class OpTimer {
 public:
  OpTimer(OpKind kind, double flops) : kind_(kind), flops_(flops), start_(std::chrono::steady_clock::now()) {}
  ~OpTimer();
  OpTimer(const OpTimer&) = delete;
  OpTimer& operator=(const OpTimer&) = delete;

 private:
  OpKind kind_;
  double flops_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace agront::ops
