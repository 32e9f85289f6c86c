// SPDX-License-Identifier: Apache-2.0
// htslib's messages.
#pragma once

namespace agront::formats {

/// While one of these lives, htslib prints no lines of its own on standard error: every failure becomes an Error. Its
/// log level is one for the whole process; the last one that goes sets what the first one found.
class HtslibLogOff {
 public:
  HtslibLogOff();
  ~HtslibLogOff();
  HtslibLogOff(const HtslibLogOff&) = delete;
  HtslibLogOff& operator=(const HtslibLogOff&) = delete;
};

}  // namespace agront::formats
