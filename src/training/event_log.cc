// SPDX-License-Identifier: Apache-2.0
#include "training/event_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace agront::training {
namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";
constexpr std::string_view kOurs = ".agront.";

double Now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

}  // namespace

EventLog::EventLog(const RunFolder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    if (const std::string name = entry.path().filename().string();
        name.starts_with(kPrefix) && name.find(kOurs) != std::string::npos)
      std::filesystem::remove(entry.path());
  file_ = std::make_unique<formats::EventFile>(
      folder.File(fmt::format("{}{:010.0f}{}{}", kPrefix, Now(), kOurs, getpid())));
  for (const auto& [group, name] : {std::pair("train", kMetricsFile), std::pair("validation", kValidationFile)}) {
    std::ifstream stream(folder.File(name));
    for (std::string line; std::getline(stream, line);) Add(group, nlohmann::ordered_json::parse(line));
  }
}

void EventLog::Add(const std::string& group, const nlohmann::ordered_json& line) {
  for (const auto& [key, value] : line.items()) {
    if (key == "step") continue;
    if (value.is_number()) file_->Add(fmt::format("{}/{}", group, key), line.at("step"), value.get<float>(), Now());
    if (!value.is_object()) continue;
    for (const auto& [name, numbers] : value.items())
      if (numbers.is_object() && numbers.contains("loss") && numbers.at("loss").is_number())
        file_->Add(fmt::format("{}/{}/loss", group, name), line.at("step"), numbers.at("loss").get<float>(), Now());
  }
}

}  // namespace agront::training
