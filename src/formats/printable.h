// SPDX-License-Identifier: Apache-2.0
// Names from files, made fit for a one-line message.
#pragma once

#include <string>
#include <string_view>

#include "base/shortened.h"

namespace agront::formats {

/// The text with control characters as '?', cut after 200 bytes or the last letter within them.
inline std::string Printable(std::string_view text) {
  constexpr size_t kLongest = 200;
  std::string shown(Beginning(text, kLongest));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  if (text.size() > kLongest) shown += "...";
  return shown;
}

}  // namespace agront::formats
