// SPDX-License-Identifier: Apache-2.0
// The report of `agront info --devices`.
#pragma once

#include "agront/job.h"

namespace agront::tasks {

/// Writes "NAME: ..." for each kind of device to the job's output: what is there and of which plugin, or what is
/// missing. Throws Error for an output that cannot be written.
void ReportDevices(const JobOptions& job);

}  // namespace agront::tasks
