// SPDX-License-Identifier: Apache-2.0
// JSON from files that may be hostile.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace agront::formats {

/// Parses all of `text`; `on_key` is called with the depth, from 1, and every key. Throws Error beginning with `place`
/// when the text is no JSON, or nested more than 100 deep: copying or writing such a value would overflow the stack.
template <class Json = nlohmann::json>
Json ParseJson(std::string_view text, const std::string& place,
               const std::function<void(int depth, const std::string& key)>& on_key = {}) {
  constexpr int kDeepest = 100;
  const auto check = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) Fail("{}: expected JSON nested at most {} deep", place, kDeepest);
    if (event == Json::parse_event_t::key && on_key) on_key(depth, parsed.template get<std::string>());
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const typename Json::parse_error& error) {
    Fail("{}: expected JSON, got at byte {}: {}", place, error.byte, error.what());
  }
}

}  // namespace agront::formats
