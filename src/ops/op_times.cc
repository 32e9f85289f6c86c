// SPDX-License-Identifier: Apache-2.0
#include "ops/op_times.h"

#include <atomic>

namespace agront::ops {
namespace {

struct Counter {
  std::atomic<double> seconds = 0;
  std::atomic<double> flops = 0;
};

Counter& CounterOf(OpKind kind) {
  static std::array<Counter, kOpKinds.size()> counters;
  return counters[static_cast<size_t>(kind)];
}

}  // namespace

std::string_view Name(OpKind kind) {
  switch (kind) {
    case OpKind::kProduct: return "products";
    case OpKind::kAttention: return "attention";
    case OpKind::kLayerNorm: return "layer_norm";
    case OpKind::kQuantize: return "quantize";
    case OpKind::kEmbedding: return "embedding";
  }
  return "unknown";
}

OpTotal Total(OpKind kind) { return {CounterOf(kind).seconds, CounterOf(kind).flops}; }

OpTimer::~OpTimer() {
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
  CounterOf(kind_).seconds += seconds.count();
  CounterOf(kind_).flops += flops_;
}

}  // namespace agront::ops
