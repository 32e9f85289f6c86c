// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/htslib_log.h"

#include <htslib/hts_log.h>

#include <mutex>

namespace agront::formats {
namespace {

std::mutex mutex;
int users = 0;
htsLogLevel before = HTS_LOG_OFF;

}  // namespace

HtslibLogOff::HtslibLogOff() {
  const std::lock_guard lock(mutex);
  if (users++ > 0) return;
  before = hts_get_log_level();
  hts_set_log_level(HTS_LOG_OFF);
}

HtslibLogOff::~HtslibLogOff() {
  const std::lock_guard lock(mutex);
  if (--users == 0) hts_set_log_level(before);
}

}  // namespace agront::formats
