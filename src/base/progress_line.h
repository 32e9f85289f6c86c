// SPDX-License-Identifier: Apache-2.0
// What a line of progress says.
#pragma once

#include <cstdint>
#include <string>

namespace agront {

struct ProgressState {
  std::string label;        ///< what is done ("embedding")
  std::string unit;         ///< what is counted ("tokens")
  int64_t done = 0;         ///< units so far,
  double fraction = -1;     ///< and of the whole, negative when not known
  int64_t done_before = 0;  ///< of these by an earlier process
  double fraction_before = 0;
  double seconds = 0;  ///< of this process
};

/// `bar`: with a bar, for terminals. A share is at most 100 %; there is no rate before anything is done.
std::string ProgressLine(const ProgressState& state, bool bar);

}  // namespace agront
