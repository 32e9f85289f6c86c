// SPDX-License-Identifier: Apache-2.0
#include "base/unfinished_path.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agront/unfinished.h"

namespace agront {
namespace {

// A signal handler may neither allocate nor lock: paths stand in fixed places, and each is used once `state` says so.
enum State : int { kFree, kBeingWritten, kUsed };

struct Slot {
  std::atomic<int> state = kFree;
  char path[4001];
};

std::array<Slot, 64> slots;

}  // namespace

void RemoveUnfinishedFiles() noexcept {
  const int before = errno;
  for (size_t i = slots.size(); i-- > 0;)
    if (slots[i].state == kUsed && unlink(slots[i].path) != 0) rmdir(slots[i].path);
  errno = before;
}

UnfinishedPath::UnfinishedPath(const std::string& path) {
  if (path.size() >= sizeof(Slot::path)) return;
  for (size_t i = 0; i < slots.size(); ++i) {
    int free = kFree;
    if (!slots[i].state.compare_exchange_strong(free, kBeingWritten)) continue;
    std::memcpy(slots[i].path, path.c_str(), path.size() + 1);
    slots[i].state = kUsed;
    slot_ = static_cast<int>(i);
    return;
  }
}

UnfinishedPath::~UnfinishedPath() {
  if (slot_ >= 0) slots[static_cast<size_t>(slot_)].state = kFree;
}

UnfinishedPath::UnfinishedPath(UnfinishedPath&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}

UnfinishedPath& UnfinishedPath::operator=(UnfinishedPath&& other) noexcept {
  std::swap(slot_, other.slot_);
  return *this;
}

}  // namespace agront
