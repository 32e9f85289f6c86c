// SPDX-License-Identifier: Apache-2.0
#include "ops/op_times.h"

#include <utility>

namespace agront::ops {
namespace {

thread_local OpTotals* counted = nullptr;

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

CountOps::CountOps(OpTotals& totals) : before_(std::exchange(counted, &totals)) {}

CountOps::~CountOps() { counted = before_; }

OpTimer::OpTimer(OpKind kind, double flops)
    : total_(counted == nullptr ? nullptr : &(*counted)[static_cast<size_t>(kind)]), flops_(flops) {
  if (total_ != nullptr) start_ = std::chrono::steady_clock::now();
}

OpTimer::~OpTimer() {
  if (total_ == nullptr) return;
  total_->seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  total_->flops += flops_;
}

}  // namespace agront::ops
