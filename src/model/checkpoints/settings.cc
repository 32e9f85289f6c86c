// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/settings.h"

#include "base/error.h"
#include "formats/json.h"
#include "formats/printable.h"

namespace agront::model {
namespace {

/// For messages, which are one line.
std::string Shown(const Json& value) {
  constexpr size_t kLongest = 200;
  const std::string text = value.dump(-1, ' ', true);  // ASCII, so that a cut never splits a letter
  return text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
}

}  // namespace

Settings::Settings(const std::string& path, std::string_view text)
    : path_(path), json_(formats::ParseJson<Json>(text, path)) {
  if (!json_.is_object()) Fail("{}: expected a JSON object, got {}", path, json_.type_name());
}

Json Settings::Get(const char* key, const Json& otherwise) const {
  const auto found = json_.find(key);
  return found == json_.end() || found->is_null() ? otherwise : *found;
}

int64_t Settings::Size(const char* key, const Json& otherwise) const {
  const Json value = Get(key, otherwise);
  // More than a million of anything is a broken file, and would overflow products of sizes.
  if (!value.is_number_integer() || value < 1 || value > 1'000'000)
    Fail("{}: {}: expected a whole number from 1 to 1000000, got {}", path_, key, Shown(value));
  return value.get<int64_t>();
}

void Settings::Expect(const char* key, const Json& expected, const Json& otherwise) const {
  const Json value = Get(key, otherwise);
  if (value == expected) return;
  const bool absent = Get(key, nullptr).is_null();
  Fail("{}: {}: expected {}, got {}{}", path_, formats::Printable(key), expected.dump(), Shown(value),
       absent ? " (the default when the key is absent)" : "");
}

void Settings::ExpectIfThere(const char* key, const Json& expected) const {
  const auto found = json_.find(key);
  if (found != json_.end() && *found != expected)
    Fail("{}: {}: expected {}, got {}", path_, key, expected.dump(), Shown(*found));
}

void Settings::ExpectNothing(const char* key) const {
  const Json value = Get(key, nullptr);
  const bool is_nothing = value.is_null() || value == false || value == "" || (value.is_structured() && value.empty());
  if (!is_nothing) Refuse(key, "nothing, this program does not compute it");
}

void Settings::Refuse(const char* key, std::string_view expected) const {
  Fail("{}: {}: expected {}, got {}", path_, key, expected, Shown(Get(key, nullptr)));
}

}  // namespace agront::model
