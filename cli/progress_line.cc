// SPDX-License-Identifier: Apache-2.0
#include "progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace agront::cli {
namespace {

std::string Duration(double seconds) {
  const auto whole = std::lround(seconds);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

/// 12345678 tokens as "12.3 M tokens", 0.04 as itself, bytes (B) as "12.3 MB".
std::string Count(double count, std::string_view unit) {
  constexpr const char* kScales[] = {" ", " k", " M", " G", " T"};
  size_t scale = 0;
  while (count >= 1000 && scale + 1 < std::size(kScales)) {
    count /= 1000;
    ++scale;
  }
  const char* blank = scale > 0 && unit != "B" ? " " : "";
  if (scale > 0) return fmt::format("{:.3g}{}{}{}", count, kScales[scale], blank, unit);
  return count > 0 && count < 1 ? fmt::format("{:.2g} {}", count, unit) : fmt::format("{:.0f} {}", count, unit);
}

}  // namespace

std::string ProgressLine(const ProgressReport& progress, double seconds, bool bar) {
  const double fraction = std::min(progress.fraction, 1.0);  // a file may hold more than its size promised
  std::string line = std::string(progress.label) + " ";
  if (fraction >= 0) {
    constexpr int kWidth = 30;
    const int full = static_cast<int>(fraction * kWidth);
    if (bar) line += "[" + std::string(full, '=') + std::string(kWidth - full, ' ') + "] ";
    line += fmt::format("{:3.0f} %  ", 100 * fraction);
  }
  line += Count(static_cast<double>(progress.done), progress.unit) + "  ";
  if (const auto here = static_cast<double>(progress.done - progress.done_before); here > 0 && seconds > 0)
    line += Count(here / seconds, progress.unit) + "/s  ";
  line += Duration(seconds);
  if (fraction > progress.fraction_before && fraction < 1)
    line += fmt::format("  {} left", Duration(seconds * (1 - fraction) / (fraction - progress.fraction_before)));
  return line;
}

}  // namespace agront::cli
