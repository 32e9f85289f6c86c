// SPDX-License-Identifier: Apache-2.0
#include "size_option.h"

#include <charconv>
#include <string_view>

#include "quoted.h"

namespace agront::cli {
namespace {

int64_t ParseBytes(const std::string& flag, const std::string& text) {
  constexpr double kMost = 1e15;
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, text.data() + text.size());
  const double factor = unit.empty() ? 1 : unit == "K" ? 1e3 : unit == "M" ? 1e6 : unit == "G" ? 1e9 : 0;
  if (error != std::errc() || factor == 0 || !(value * factor >= 1) || value * factor > kMost)
    throw CLI::ValidationError(flag, "expected a size such as 20G or 512M, got " + Quoted(text));
  return static_cast<int64_t>(value * factor);
}

}  // namespace

CLI::Option* AddSize(CLI::App& command, const std::string& flag, int64_t& bytes, const std::string& help) {
  return command
      .add_option_function<std::string>(
          flag, [&bytes, flag](const std::string& text) { bytes = ParseBytes(flag, text); }, help)
      ->type_name("SIZE");
}

}  // namespace agront::cli
