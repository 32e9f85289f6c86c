// SPDX-License-Identifier: Apache-2.0
#include "training/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "agront/printable.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/sync_folder.h"
#include "formats/printable.h"

namespace agront::training {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr char kLockFile[] = "lock";

}  // namespace

RunFolder::RunFolder(std::string path) : path_(std::move(path)) {
  std::error_code error;
  is_new_ = fs::create_directories(path_, error);
  if (!fs::is_directory(path_)) Fail("{}: expected a folder for the run: {}", path_, error.message());
  if (is_new_) SyncFolder(fs::path(path_).parent_path());
}

RunFolder::~RunFolder() {
  if (lock_ < 0) return;
  if (is_new_ && HasOnlyTheLock()) {
    std::error_code error;  // what cannot be removed stays
    fs::remove(File(kLockFile), error);
    fs::remove(path_, error);
  }
  flock(lock_, LOCK_UN);  // a child of a fork may have it open, too
  close(lock_);
}

bool RunFolder::HasOnlyTheLock() const {
  const std::string lock = File(kLockFile);
  std::error_code error;
  const bool is_empty = std::ranges::all_of(fs::directory_iterator(path_, error),
                                            [&](const fs::directory_entry& entry) { return entry.path() == lock; });
  return !error && is_empty;
}

std::string RunFolder::File(const std::string& name) const { return (fs::path(path_) / name).string(); }

void RunFolder::Lock() {
  const std::string file = File(kLockFile);
  lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) Fail("{}: cannot open: {}", file, SystemError());
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) Fail("{}: another process is at work on this run", path_);
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && (name.ends_with(".partial") || name.ends_with(".old")))
      fs::remove_all(entry.path());
  }
}

std::vector<int64_t> RunFolder::Checkpoints() const {
  std::vector<int64_t> steps;
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    int64_t step = 0;
    const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), step);
    const bool is_number = error == std::errc() && end == name.data() + name.size() && step >= 0;
    if (is_number && entry.is_directory() && CheckpointPath(step) == File(name)) steps.push_back(step);
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

std::vector<nlohmann::json> RunFolder::ReadLines(const std::string& file) const {
  std::vector<nlohmann::json> lines;
  std::ifstream stream(File(file));
  for (std::string line; std::getline(stream, line);)
    if (auto json = nlohmann::json::parse(line, nullptr, false); json.is_object()) lines.push_back(std::move(json));
  return lines;
}

void RunFolder::Sync(const std::string& file) const {
  const int descriptor = open(File(file).c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;  // nothing was written yet
  const bool is_done = fsync(descriptor) == 0;
  close(descriptor);
  if (!is_done) Fail("{}: cannot write: {}", File(file), SystemError());
}

int64_t RunFolder::CutBack(const std::string& file, int64_t step) const {
  if (!fs::exists(File(file))) return -1;
  std::ifstream stream(File(file));
  std::string kept, line;
  int64_t last = -1;
  while (std::getline(stream, line)) {
    if (stream.eof()) break;  // the last line has no end
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer()) break;
    if (json["step"].get<int64_t>() > step) break;
    last = json["step"].get<int64_t>();
    kept += line + "\n";
  }
  OutputFile output(File(file), true);
  output.Write(kept);
  output.Commit();
  return last;
}

void CheckSameOptions(const std::string& path, const nlohmann::ordered_json& was, const nlohmann::ordered_json& now,
                      const std::set<std::string>& free) {
  for (const auto& [key, value] : now.items()) {
    if (!was.is_object() || !was.contains(key)) Fail("{}: key {:?} is missing", path, key);
    if (!free.contains(key) && was[key] != value)
      Fail("{}: the run has {} {}, expected the same to go on with it, got {}", path, key, Printable(was[key].dump()),
           Printable(value.dump()));
  }
}

}  // namespace agront::training
