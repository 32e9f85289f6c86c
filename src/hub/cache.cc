// SPDX-License-Identifier: Apache-2.0
#include "hub/cache.h"

#include <unistd.h>

#include "agront/printable.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/text_file.h"
#include "hub/variables.h"

namespace agront::hub {
namespace {

namespace fs = std::filesystem;

void MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) Fail("{}: cannot make the folder: {}", Printable(folder.string()), error.message());
}

/// A link that is there at once or not at all, over an old one.
bool MakeLink(const fs::path& target, const fs::path& path) {
  const fs::path beside = path.string() + fmt::format(".{}.partial", getpid());
  std::error_code error;
  fs::remove(beside, error);
  fs::create_symlink(target, beside, error);
  if (error) return false;
  fs::rename(beside, path, error);
  if (!error) return true;
  const std::string why = error.message();
  fs::remove(beside, error);
  Fail("{}: cannot make the link: {}", Printable(path.string()), why);
}

}  // namespace

Cache::Cache(const Environment& environment) : root_(CacheFolder(environment)) {}

fs::path Cache::Repository(const ModelName& name) const {
  std::string folder = "models--" + name.repository;
  folder.replace(folder.find('/'), 1, "--");
  return root_ / folder;
}

std::optional<std::string> Cache::CommitOf(const ModelName& name) const {
  if (IsCommit(name.revision)) return name.revision;
  const fs::path path = Repository(name) / "refs" / name.revision;
  std::error_code unknown;
  if (!fs::is_regular_file(path, unknown)) return std::nullopt;
  std::string commit = ReadTextFile(path.string());
  while (!commit.empty() && (commit.back() == '\n' || commit.back() == '\r')) commit.pop_back();
  if (!IsCommit(commit))
    Fail("{}: expected a commit, 40 hexadecimal digits, got {}", Printable(path.string()), Printable(commit, 60));
  return commit;
}

fs::path Cache::Snapshot(const ModelName& name, const std::string& commit) const {
  return Repository(name) / "snapshots" / commit;
}

fs::path Cache::Blob(const ModelName& name, const std::string& blob) const { return Repository(name) / "blobs" / blob; }

std::optional<fs::path> Cache::FindSnapshot(const ModelName& name) const {
  const auto commit = CommitOf(name);
  if (!commit) return std::nullopt;
  const fs::path folder = Snapshot(name, *commit);
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown)) return std::nullopt;
  return folder;
}

void Cache::MakeFolders(const ModelName& name, const std::string& commit) const {
  MakeFolder(root_);
  // Programs that save copies leave out a folder with this file.
  if (const fs::path tag = root_ / "CACHEDIR.TAG"; !fs::exists(tag))
    WriteTextFile(tag.string(),
                  "Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by "
                  "agront, as huggingface_hub does.\n# For information about cache directory tags see "
                  "https://bford.info/cachedir/\n");
  MakeFolder(Repository(name) / "blobs");
  MakeFolder(Snapshot(name, commit));
}

void Cache::Link(const ModelName& name, const std::string& commit, const std::string& path, const std::string& blob,
                 bool may_link) const {
  const fs::path link = Snapshot(name, commit) / path;
  const fs::path target = Blob(name, blob);
  std::error_code error;
  if (fs::equivalent(link, target, error)) return;
  MakeFolder(link.parent_path());
  if (may_link && MakeLink(target.lexically_relative(link.parent_path()), link)) return;
  fs::rename(target, link, error);
  if (error) Fail("{}: cannot move the file here: {}", Printable(link.string()), error.message());
}

void Cache::WriteRef(const ModelName& name, const std::string& commit) const {
  if (IsCommit(name.revision)) return;
  const fs::path path = Repository(name) / "refs" / name.revision;
  MakeFolder(path.parent_path());
  WriteTextFile(path.string(), commit);
}

}  // namespace agront::hub
