// SPDX-License-Identifier: Apache-2.0
// A polite end of long work.
#pragma once

namespace agront {

/// While it lives, SIGTERM and SIGINT do not end the process but are remembered. A second SIGINT ends it.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool is_requested() const;
};

}  // namespace agront
