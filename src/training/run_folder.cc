// SPDX-License-Identifier: Apache-2.0
#include "training/run_folder.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"

namespace agront::training {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";

}  // namespace

RunFolder::RunFolder(std::string path) : path_(std::move(path)) {
  std::error_code error;
  fs::create_directories(path_, error);
  if (!fs::is_directory(path_)) Fail("{}: expected a folder for the run: {}", path_, error.message());
}

std::string RunFolder::File(const std::string& name) const { return (fs::path(path_) / name).string(); }

std::vector<int64_t> RunFolder::Checkpoints() const {
  std::vector<int64_t> steps;
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    int64_t step = 0;
    const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), step);
    if (error == std::errc() && end == name.data() + name.size()) steps.push_back(step);
  }
  std::ranges::sort(steps);
  return steps;
}

std::string RunFolder::CheckpointPath(int64_t step) const { return File(fmt::format("{}{}", kPrefix, step)); }

void RunFolder::RemoveOldCheckpoints(int keep) const {
  const std::vector<int64_t> steps = Checkpoints();
  for (size_t i = 0; i + static_cast<size_t>(keep) < steps.size(); ++i) {
    // Renamed first: killed in between, a checkpoint with parts missing must not look like one.
    const std::string old = CheckpointPath(steps[i]);
    fs::rename(old, old + ".old");
    fs::remove_all(old + ".old");
  }
}

void RunFolder::Append(const std::string& file, const nlohmann::ordered_json& line) const {
  std::ofstream stream(File(file), std::ios::app);
  stream << line.dump() << "\n" << std::flush;
  if (!stream) Fail("{}: cannot write: {}", File(file), SystemError());
}

void RunFolder::CutBack(const std::string& file, int64_t step) const {
  if (!fs::exists(File(file))) return;
  std::ifstream stream(File(file));
  std::string kept, line;
  for (int64_t number = 1; std::getline(stream, line); ++number) {
    const bool is_whole = !stream.eof();  // ends in a line break
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!is_whole) break;
    if (json.is_discarded() || !json.is_object() || !json.contains("step") || !json["step"].is_number_integer())
      Fail("{}:{}: expected an object with a step", File(file), number);
    if (json["step"].get<int64_t>() <= step) kept += line + "\n";
  }
  OutputFile output(File(file), true);
  output.Write(kept);
  output.Commit();
}

}  // namespace agront::training
