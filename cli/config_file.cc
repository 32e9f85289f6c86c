// SPDX-License-Identifier: Apache-2.0
#include "config_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "agront/error.h"

namespace agront::cli {

void ApplyConfig(CLI::App& command, const std::string& path) {
  std::ifstream stream(path);
  if (!stream) throw UsageError(path + ": cannot open the configuration");
  nlohmann::json config;
  try {
    config = nlohmann::json::parse(stream);
  } catch (const nlohmann::json::exception& error) {
    throw UsageError(path + ": expected JSON: " + error.what());
  }
  if (!config.is_object()) throw UsageError(path + ": expected a JSON object with options");
  for (const auto& [key, value] : config.items()) {
    if (key.starts_with("_")) continue;
    const std::string place = path + ": key \"" + key + "\"";
    CLI::Option* option = command.get_option_no_throw("--" + key);
    if (option == nullptr || key == "help" || key == "config")
      throw UsageError(place + ": expected an option of agront " + command.get_name());
    if (value.is_object() || value.is_array() || value.is_null())
      throw UsageError(place + ": expected a number, a text, true or false, got " + value.dump());
    if (option->count() > 0) continue;
    try {
      option->add_result(value.is_string() ? value.get<std::string>() : value.dump());
      option->run_callback();
    } catch (const CLI::Error& error) {
      throw UsageError(place + ": " + error.what());
    }
  }
}

}  // namespace agront::cli
