// SPDX-License-Identifier: Apache-2.0
// Reading, computing and writing at the same time, each on another item.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace agront::inference {

inline constexpr int kItemsInFlight = 3;

/// Reads items on a thread of its own, one at a time.
template <class Item>
class ReadAhead {
 public:
  ReadAhead(std::function<bool(Item&)> read, bool waits) : state_(std::make_shared<State>()), waits_(waits) {
    state_->read = std::move(read);
  }
  /// Does not wait for what is being read, unless it should: it may be a pipe into which nothing comes.
  ~ReadAhead() {
    if (!thread_.joinable()) return;
    if (waits_)
      thread_.join();
    else
      thread_.detach();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  Item& item(size_t number) { return state_->items[number % kItemsInFlight]; }

  /// Begins to read item number `number`.
  void Start(size_t number) {
    state_->Replace(Outcome::kThere, Outcome::kReading);
    std::packaged_task<bool()> task([state = state_, number] {
      const Notifier at_the_end(*state);
      return state->read(state->items[number % kItemsInFlight]);
    });
    is_there_ = task.get_future();
    thread_ = std::thread(std::move(task));
  }

  /// Whether the item that is being read is there, once that is known; or false at once when another stage gives up.
  bool Wait() {
    state_->outcome.wait(Outcome::kReading);
    if (state_->outcome == Outcome::kGivenUp) return false;
    thread_.join();
    return is_there_.get();
  }

  /// Ends a Wait: what is being read is no longer wanted. From any thread.
  void GiveUp() {
    state_->outcome = Outcome::kGivenUp;
    state_->outcome.notify_all();
  }

 private:
  enum class Outcome { kThere, kReading, kGivenUp };
  struct State {
    void Replace(Outcome from, Outcome to) { outcome.compare_exchange_strong(from, to); }

    std::function<bool(Item&)> read;
    std::array<Item, kItemsInFlight> items;
    // What became of the last item. A condition variable would not do: its wait has a symbol that is newer than a wheel
    // may ask for.
    std::atomic<Outcome> outcome = Outcome::kThere;
  };
  struct Notifier {
    explicit Notifier(State& of) : state(of) {}
    ~Notifier() {
      state.Replace(Outcome::kReading, Outcome::kThere);
      state.outcome.notify_all();
    }
    State& state;
  };
  std::shared_ptr<State> state_;
  bool waits_;
  std::thread thread_;
  std::future<bool> is_there_;
};

/// While `compute` works on an item, `read` fills the next one and `write` has the one before; each stage sees all
/// items in order. Three items are used in turn, so memory does not grow with their number. `compute` runs on the
/// calling thread; `read` and `write` must not start loops over threads, which would take the cores from it. An
/// exception of any stage ends all and is thrown here, without waiting for `read`: it may outlive the call, so it owns
/// what it reads from. With `waits_for_read` it does not outlive the call.
///
/// `read` returns false when there is nothing left.
template <class Item>
void RunOverlapped(std::function<bool(Item&)> read, const std::function<void(Item&)>& compute,
                   const std::function<void(Item&)>& write, bool waits_for_read = false) {
  ReadAhead<Item> reading(std::move(read), waits_for_read);
  std::future<void> writing;
  reading.Start(0);
  for (size_t i = 0; reading.Wait(); ++i) {
    Item& item = reading.item(i);
    reading.Start(i + 1);
    compute(item);
    if (writing.valid()) writing.get();
    writing = std::async(std::launch::async, [&write, &reading, &item] {
      try {
        write(item);
      } catch (...) {
        reading.GiveUp();
        throw;
      }
    });
  }
  if (writing.valid()) writing.get();
}

}  // namespace agront::inference
