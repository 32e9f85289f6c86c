// SPDX-License-Identifier: Apache-2.0
// JSON from files that may be hostile.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {

/// Throws Error beginning with `place`: what stands at byte `byte_1based` of `text` is no JSON.
[[noreturn]] void FailJson(std::string_view text, const std::string& place, size_t byte_1based);

/// Throws Error beginning with `place`: `text` has a number that no double holds, which `parser_message` quotes.
[[noreturn]] void FailJsonNumber(std::string_view text, const std::string& place, std::string_view parser_message);

/// Parses all of `text`. Throws Error beginning with `place` when the text is no JSON, has a number that no double
/// holds, or one key twice in an object: readers take one or the other of them. So it does when the text is nested more
/// than 100 deep: copying or writing such a value would overflow the stack.
template <class Json = nlohmann::json>
Json ParseJson(std::string_view text, const std::string& place) {
  constexpr int kDeepest = 100;
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    using Event = typename Json::parse_event_t;
    if (depth > kDeepest) Fail("{}: expected JSON nested at most {} deep", place, kDeepest);
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key)
      if (const auto& key = parsed.template get_ref<const std::string&>(); !keys.back().insert(key).second)
        Fail("{}: expected every key once, got \"{}\" twice", place, Printable(key));
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const typename Json::parse_error& error) {
    FailJson(text, place, error.byte);
  } catch (const typename Json::out_of_range& error) {
    FailJsonNumber(text, place, error.what());
  }
}

}  // namespace agront::formats
