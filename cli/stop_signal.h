// SPDX-License-Identifier: Apache-2.0
// A polite end of long work.
#pragma once

#include <signal.h>

#include <array>

namespace agront::cli {

/// While it lives, SIGTERM, SIGINT, SIGHUP and SIGUSR1 do not end the process but are remembered. A second SIGINT ends
/// it.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool is_requested() const;

 private:
  std::array<struct sigaction, 4> before_{};  // what the signals did
};

}  // namespace agront::cli
