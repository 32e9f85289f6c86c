// SPDX-License-Identifier: Apache-2.0
// What every job does first.
#pragma once

#include "agront/job.h"

namespace agront::inference {

/// Checks the numbers of a job, and sets the threads. Throws UsageError.
void Start(const JobOptions& job);

}  // namespace agront::inference
