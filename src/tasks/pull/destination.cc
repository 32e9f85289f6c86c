// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/destination.h"

#include "agront/printable.h"
#include "base/error.h"
#include "hub/cache.h"
#include "hub/variables.h"

namespace agront::pull {
namespace {

namespace fs = std::filesystem;

bool IsFile(const fs::path& path) {
  std::error_code unknown;
  return fs::is_regular_file(path, unknown);
}

class CacheDestination : public Destination {
 public:
  CacheDestination(hub::ModelName name, std::string commit, const Environment& environment)
      : cache_(environment),
        name_(std::move(name)),
        commit_(std::move(commit)),
        may_link_(!hub::IsSet(environment, "HF_HUB_DISABLE_SYMLINKS")) {}

  fs::path Folder() const override { return cache_.Snapshot(name_, commit_); }
  fs::path Target(const RemoteFile& file) const override { return cache_.Blob(name_, file.blob); }

  fs::path Existing(const RemoteFile& file) const override {
    for (const fs::path& path : {Target(file), Folder() / file.path})
      if (IsFile(path)) return path;
    return {};
  }

  /// A content whose name is another checksum than its own is of use to nobody.
  bool MayReplace() const override { return true; }

  void Prepare(const std::vector<RemoteFile>& /*files*/) override { cache_.MakeFolders(name_, commit_); }

  void Place(const RemoteFile& file) override {
    if (IsFile(Target(file))) cache_.Link(name_, commit_, file.path, file.blob, may_link_);
  }

  void Finish() override { cache_.WriteRef(name_, commit_); }

 private:
  hub::Cache cache_;
  hub::ModelName name_;
  std::string commit_;
  bool may_link_;
};

class FolderDestination : public Destination {
 public:
  FolderDestination(const std::string& folder, bool may_replace) : folder_(folder), may_replace_(may_replace) {}

  fs::path Folder() const override { return folder_; }
  fs::path Target(const RemoteFile& file) const override { return folder_ / file.path; }
  fs::path Existing(const RemoteFile& file) const override { return IsFile(Target(file)) ? Target(file) : fs::path(); }
  bool MayReplace() const override { return may_replace_; }

  void Prepare(const std::vector<RemoteFile>& files) override {
    std::error_code error;
    fs::create_directories(folder_, error);
    for (const RemoteFile& file : files)
      if (!error) fs::create_directories(Target(file).parent_path(), error);
    if (error) Fail("{}: cannot make the folder: {}", Printable(folder_.string()), error.message());
  }

  void Place(const RemoteFile& /*file*/) override {}
  void Finish() override {}

 private:
  fs::path folder_;
  bool may_replace_;
};

}  // namespace

std::unique_ptr<Destination> ToCache(const hub::ModelName& name, const std::string& commit,
                                     const Environment& environment) {
  return std::make_unique<CacheDestination>(name, commit, environment);
}

std::unique_ptr<Destination> ToFolder(const std::string& folder, bool may_replace) {
  return std::make_unique<FolderDestination>(folder, may_replace);
}

}  // namespace agront::pull
