// SPDX-License-Identifier: Apache-2.0
#include "signals.h"

#include <signal.h>

#include <initializer_list>

#include "agront/unfinished.h"

namespace agront::cli {
namespace {

void RemoveAndEnd(int number) {
  RemoveUnfinishedFiles();
  signal(number, SIG_DFL);
  raise(number);
}

}  // namespace

void HandleSignals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction current {};
    if (sigaction(number, nullptr, &current) != 0 || current.sa_handler != SIG_DFL) continue;
    struct sigaction ours {};
    ours.sa_handler = RemoveAndEnd;
    sigaction(number, &ours, nullptr);
  }
}

}  // namespace agront::cli
