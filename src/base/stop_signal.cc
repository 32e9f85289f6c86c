// SPDX-License-Identifier: Apache-2.0
#include "base/stop_signal.h"

#include <signal.h>

namespace agront {
namespace {

volatile sig_atomic_t requested = 0;

void Remember(int number) {
  requested = 1;
  if (number == SIGINT) signal(SIGINT, SIG_DFL);
}

}  // namespace

StopSignal::StopSignal() {
  requested = 0;
  signal(SIGTERM, Remember);
  signal(SIGINT, Remember);
}

StopSignal::~StopSignal() {
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
}

bool StopSignal::is_requested() const { return requested != 0; }

}  // namespace agront
