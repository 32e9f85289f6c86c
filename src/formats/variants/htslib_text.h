// SPDX-License-Identifier: Apache-2.0
// A string of htslib that frees itself.
#pragma once

#include <htslib/kstring.h>

#include <cstdlib>
#include <string_view>

namespace agront::formats {

struct HtslibText : kstring_t {
  HtslibText() : kstring_t{0, 0, nullptr} {}
  ~HtslibText() { std::free(s); }
  HtslibText(const HtslibText&) = delete;
  HtslibText& operator=(const HtslibText&) = delete;
  std::string_view view() const { return {s == nullptr ? "" : s, l}; }
};

}  // namespace agront::formats
