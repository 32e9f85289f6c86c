// SPDX-License-Identifier: Apache-2.0
// How the program treats signals.
#pragma once

namespace agront::cli {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE remove unfinished outputs before they end the process. One that the
/// program was started with as ignored (nohup) stays ignored.
void HandleSignals();

}  // namespace agront::cli
