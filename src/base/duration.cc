// SPDX-License-Identifier: Apache-2.0
#include "base/duration.h"

#include <fmt/format.h>

#include <cmath>

namespace agront {
namespace {

std::string Counted(double number, const char* unit) {
  const bool is_small = number < 9.95 && std::string_view(unit) == "hour";
  const std::string text = is_small ? fmt::format("{:.1f}", number) : fmt::format("{:.0f}", number);
  return fmt::format("{} {}{}", text, unit, text == "1" ? "" : "s");
}

}  // namespace

std::string DurationInWords(double seconds) {
  constexpr double kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (seconds < 0.5) return "less than a second";
  if (seconds < 1.5 * kMinute) return Counted(seconds, "second");
  if (seconds < 1.5 * kHour) return Counted(seconds / kMinute, "minute");
  if (seconds < 2 * kDay) return Counted(seconds / kHour, "hour");
  return Counted(seconds / kDay, "day");
}

}  // namespace agront
