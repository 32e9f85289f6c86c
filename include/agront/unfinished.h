// SPDX-License-Identifier: Apache-2.0
// Outputs that are being written, for programs that a signal ends. The library handles no signal itself.
#pragma once

#include "agront/export.h"

namespace agront {

/// Removes the outputs that jobs of this process have not finished, all at once, the last begun first. Without it they
/// stay as NAME.PID.partial when a signal ends the process. Outputs beyond the first 64 at a time stay. For a signal
/// handler, right before the process ends: a job that goes on fails when it wants to give its output its name.
/// Async-signal-safe, from any thread; leaves errno as it is.
AGRONT_EXPORT void RemoveUnfinishedFiles() noexcept;

}  // namespace agront
