// SPDX-License-Identifier: Apache-2.0
// Reading, computing and writing at the same time, each on another item.
#pragma once

#include <array>
#include <functional>
#include <future>

namespace agront::inference {

inline constexpr int kItemsInFlight = 3;

/// While `compute` works on an item, `read` fills the next one and `write` has the one before; each stage sees all
/// items in order. Three items are used in turn, so memory does not grow with their number. `compute` runs on the
/// calling thread; `read` and `write` must not start loops over threads, which would take the cores from it. An
/// exception of any stage ends all and is thrown here.
///
/// `read` returns false when there is nothing left.
template <class Item>
void RunOverlapped(const std::function<bool(Item&)>& read, const std::function<void(Item&)>& compute,
                   const std::function<void(Item&)>& write) {
  std::array<Item, kItemsInFlight> items;
  std::future<void> writing;
  std::future<bool> reading = std::async(std::launch::async, read, std::ref(items[0]));
  for (size_t i = 0; reading.get(); ++i) {
    Item& item = items[i % items.size()];
    reading = std::async(std::launch::async, read, std::ref(items[(i + 1) % items.size()]));
    compute(item);
    if (writing.valid()) writing.get();
    writing = std::async(std::launch::async, write, std::ref(item));
  }
  if (writing.valid()) writing.get();
}

}  // namespace agront::inference
