// SPDX-License-Identifier: Apache-2.0
#include "config_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "agront/error.h"
#include "agront/json_check.h"
#include "quoted.h"
#include "value_kind.h"

namespace agront::cli {
namespace {

using Json = nlohmann::json;

/// The values that an option takes in a file.
struct Kind {
  const char* expected;
  bool (*fits)(const Json& value);
};

Kind KindInFile(const CLI::Option& option) {
  switch (KindOf(option)) {
    case ValueKind::kSwitch: return {"true or false", [](const Json& value) { return value.is_boolean(); }};
    case ValueKind::kCount: return {"a whole number", [](const Json& value) { return value.is_number_integer(); }};
    case ValueKind::kSeed:
      return {"a whole number of at least 0", [](const Json& value) { return value.is_number_unsigned(); }};
    case ValueKind::kNumber: return {"a number", [](const Json& value) { return value.is_number(); }};
    case ValueKind::kSize:
      return {"a size with its unit, such as \"20G\"", [](const Json& value) { return value.is_string(); }};
    case ValueKind::kList:
      return {"a text or a whole number",
              [](const Json& value) { return value.is_string() || value.is_number_integer(); }};
    case ValueKind::kText: break;
  }
  return {"a text", [](const Json& value) { return value.is_string(); }};
}

Json ReadObject(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) throw Error(path + (std::filesystem::exists(path) ? ": cannot open" : ": no such file"));
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  try {
    CheckJson(text, path);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  Json config = Json::parse(text);
  if (!config.is_object()) throw UsageError(path + ": expected a JSON object with options");
  return config;
}

}  // namespace

std::vector<ConfigValue> ReadConfig(CLI::App& command, const std::string& path) {
  const Json config = ReadObject(path);
  std::vector<ConfigValue> values;
  for (const auto& [key, value] : config.items()) {
    if (key.starts_with("_")) continue;
    const std::string place = path + ": key " + Quoted(key);
    CLI::Option* option = command.get_option_no_throw("--" + key);
    if (option == nullptr || key == "help" || key == "config")
      throw UsageError(place + ": expected an option of agront " + command.get_name());
    const Kind kind = KindInFile(*option);
    const std::string wrong = place + ": expected " + kind.expected + ", got " + Printable(value.dump());
    if (!kind.fits(value)) throw UsageError(wrong);
    if (option->count() > 0) continue;
    option->add_result(value.is_string() ? value.get<std::string>() : value.dump());
    values.push_back({option, place, wrong});
  }
  return values;
}

void HandOn(const std::vector<ConfigValue>& values) {
  for (const ConfigValue& value : values) {
    if (value.option->count() == 0) continue;
    try {
      value.option->run_callback();
    } catch (const CLI::ConversionError&) {
      const bool is_number = KindOf(*value.option) == ValueKind::kCount;
      throw UsageError(is_number ? value.place + ": " + NotSoLarge(value.option->results().back()) : value.wrong);
    } catch (const CLI::Error& error) {
      throw UsageError(value.place + ": " + error.what());
    }
  }
}

}  // namespace agront::cli
