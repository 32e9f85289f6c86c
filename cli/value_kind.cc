// SPDX-License-Identifier: Apache-2.0
#include "value_kind.h"

#include <charconv>
#include <cstdint>
#include <string>

#include "quoted.h"

namespace agront::cli {
namespace {

/// Whether all of the text is one such number.
template <class T>
bool Is(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// Without zeros in front, which the parser takes for octal.
std::string Plain(const std::string& number) {
  const size_t first = number.starts_with('-') ? 1 : 0;
  const size_t digits = std::min(number.find_first_not_of('0', first), number.size() - 1);
  return number.substr(0, first) + number.substr(digits);
}

bool IsWhole(const std::string& text) {
  return text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0) == std::string::npos && text.size() > 0 &&
         text != "-";
}

std::string CheckedCount(const std::string& text) {
  if (!IsWhole(text)) throw CLI::ValidationError("expected a whole number, got " + Quoted(text));
  if (!Is<int64_t>(text)) throw CLI::ValidationError(NotSoLarge(text));
  return Plain(text);
}

std::string CheckedSeed(const std::string& text) {
  if (!Is<uint64_t>(text)) throw CLI::ValidationError("expected a whole number of at least 0, got " + Quoted(text));
  return Plain(text);
}

std::string CheckedNumber(const std::string& text) {
  if (!Is<double>(text)) throw CLI::ValidationError("expected a number, got " + Quoted(text));
  return text;
}

}  // namespace

std::string NotSoLarge(const std::string& got) { return "expected a number that is not so large, got " + Quoted(got); }

ValueKind KindOf(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return ValueKind::kSwitch;
  const std::string name = option.get_type_name();
  if (name == "N" || name == "K" || name == "BP") return ValueKind::kCount;
  if (name == "X" || name == "RATE" || name == "SHARE") return ValueKind::kNumber;
  if (name == "SEED") return ValueKind::kSeed;
  if (name == "SIZE") return ValueKind::kSize;
  return name == "LIST" ? ValueKind::kList : ValueKind::kText;
}

void CheckNumbers(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    const ValueKind kind = KindOf(*option);
    if (kind == ValueKind::kCount) option->transform(CheckedCount);
    if (kind == ValueKind::kSeed) option->transform(CheckedSeed);
    if (kind == ValueKind::kNumber) option->transform(CheckedNumber);
  }
}

}  // namespace agront::cli
