// SPDX-License-Identifier: Apache-2.0
#include "stop_signal.h"

#include <cstddef>

namespace agront::cli {
namespace {

// SIGUSR1, because mpirun passes it on and waits; after SIGTERM it kills its processes in a second.
constexpr std::array kSignals = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

volatile sig_atomic_t requested = 0;

void Remember(int number) {
  requested = 1;
  if (number == SIGINT) signal(SIGINT, SIG_DFL);
}

}  // namespace

StopSignal::StopSignal() {
  requested = 0;
  struct sigaction ours {};
  ours.sa_handler = Remember;
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &ours, &before_[i]);
}

StopSignal::~StopSignal() {
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

bool StopSignal::is_requested() const { return requested != 0; }

}  // namespace agront::cli
