// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

namespace agront {

void LoopFailure::Keep(int64_t i) noexcept {
  const std::lock_guard lock(mutex_);
  if (Ends(i)) return;
  first_.store(i, std::memory_order_relaxed);
  exception_ = std::current_exception();
}

}  // namespace agront
