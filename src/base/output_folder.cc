// SPDX-License-Identifier: Apache-2.0
#include "base/output_folder.h"

#include <unistd.h>

#include "base/error.h"
#include "base/sync_folder.h"

namespace agront {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(const std::string& path, bool overwrite, const std::string& writer,
                           const std::function<bool(const std::string& name)>& is_ours)
    : path_(fs::weakly_canonical(path)) {
  if (!path_.has_filename()) path_ = path_.parent_path();
  if (fs::exists(path_) && !fs::is_directory(path_)) Fail("{}: expected a folder to write, got a file", path);
  if (fs::exists(path_) && !overwrite) Fail("{}: exists already; --force overwrites it", path);
  if (fs::exists(path_))
    for (const auto& entry : fs::directory_iterator(path_))
      if (const std::string name = entry.path().filename().string(); !is_ours(name))
        Fail("{}: holds {}, which would be lost; --force only overwrites what {} writes", path, name, writer);
  temporary_ = path_.string() + fmt::format(".{}.partial", getpid());
  std::error_code error;
  if (!fs::create_directory(temporary_, error)) Fail("{}: cannot make the folder: {}", path, error.message());
  unfinished_.emplace_back(temporary_.string());
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

std::string OutputFolder::File(const std::string& name) {
  std::string file = (temporary_ / name).string();
  unfinished_.emplace_back(file);
  return file;
}

void OutputFolder::Commit() {
  SyncFolder(temporary_);
  const fs::path old = temporary_.string() + ".old";
  std::error_code error;
  const bool replaces = fs::exists(path_);
  if (replaces) fs::rename(path_, old, error);
  if (!error) fs::rename(temporary_, path_, error);
  if (error) Fail("{}: cannot rename the finished folder: {}", path_.string(), error.message());
  unfinished_.clear();
  SyncFolder(path_.parent_path());
  if (replaces) fs::remove_all(old, error);
}

}  // namespace agront
