// SPDX-License-Identifier: Apache-2.0
// Sequences that are longer than a model's window.
#pragma once

namespace agront {

/// The treatment of a sequence that does not fit into the window of the model.
enum class LongSequences {
  kError,
  kCentre,   ///< only the middle is read
  kWindows,  ///< windows side by side, their pooled states averaged
};

}  // namespace agront
