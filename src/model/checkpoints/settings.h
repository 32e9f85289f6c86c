// SPDX-License-Identifier: Apache-2.0
// The settings of a JSON file.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace agront::model {

using Json = nlohmann::ordered_json;

/// A JSON object of settings, read key by key with errors that name the file and the key.
class Settings {
 public:
  /// Throws Error when `text` is no JSON object; `path` begins the messages.
  Settings(const std::string& path, std::string_view text);

  /// Null counts as absent, as in the reference implementations.
  Json Get(const char* key, const Json& otherwise) const;

  int64_t Size(const char* key, const Json& otherwise = nullptr) const;

  /// Refuses every value but one. Numbers compare as numbers: 1 is 1.0.
  void Expect(const char* key, const Json& expected, const Json& otherwise) const;

  /// Refuses every value but one where the key is there; null too, which the reference implementations do not take for
  /// the default of this key.
  void ExpectIfThere(const char* key, const Json& expected) const;

  /// Refuses all but null, false, "" and what is empty.
  void ExpectNothing(const char* key) const;

  /// The value of a key that is not what it should be.
  [[noreturn]] void Refuse(const char* key, std::string_view expected) const;

  const std::string& path() const { return path_; }
  const Json& json() const { return json_; }

 private:
  std::string path_;
  Json json_;
};

}  // namespace agront::model
