// SPDX-License-Identifier: Apache-2.0
// The reporter of a job, which need not have one.
#pragma once

#include "agront/job.h"
#include "agront/reporter.h"

namespace agront {

/// Instead of none, one that says nothing and never stops.
Reporter& OrSilent(Reporter* reporter);

inline Reporter& ReporterOf(const JobOptions& job) { return OrSilent(job.reporter); }

}  // namespace agront
