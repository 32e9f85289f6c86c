// SPDX-License-Identifier: Apache-2.0
// Windows with the reference and with the alternative of a change, whose pseudo-log-likelihoods are compared.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "data/variants/strand.h"

namespace agront::data {

struct ScoredWindow {
  std::vector<int32_t> ids;
  std::vector<size_t> scored;  ///< indices of the 6-mers that are scored, rising
};

/// Both have the same left edge, length and number of scored 6-mers.
struct ChangeWindows {
  int64_t start = 0;  ///< of both, on the strand
  ScoredWindow reference;
  ScoredWindow alternative;
};

struct ChangeWindowOptions {
  int64_t sixmers = 999;  ///< of a window, fewer where the sequence ends
  int64_t flank = 4;      ///< 6-mers on each side of the change that are scored with it
};

/// `change`, on this strand, begins at offset `frame` (0 to 5) of a 6-mer near the middle. Scored are the 6-mers that
/// the change touches in one of the windows, in the same places in both, and `flank` on each side. One that is unknown
/// is passed over, for one further to the right, or on the left to the left; where there are no more, both windows have
/// as many as the one with fewer. Nothing when in this frame the window does not hold all of the change.
std::optional<ChangeWindows> WindowsOf(const Strand& strand, const genome::Change& change, int64_t frame,
                                       const ChangeWindowOptions& options);

}  // namespace agront::data
