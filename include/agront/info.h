// SPDX-License-Identifier: Apache-2.0
// The job `agront info`: what a model is, and whether its weights are sound.
#pragma once

#include "agront/job.h"

namespace agront {

struct InfoOptions {
  JobOptions job;
  bool verify = false;  ///< check all weights, and on the published model the published known answer
};

/// Writes shape, parameters, number format, epsilon, source and model hash, one "key: value" a line.
/// With `verify` throws Error when a weight is not finite or the known answer is not reached.
void Info(const InfoOptions& options);

}  // namespace agront
