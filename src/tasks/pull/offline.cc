// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/offline.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "agront/printable.h"
#include "base/error.h"
#include "hub/cache.h"
#include "tasks/pull/download.h"
#include "tasks/pull/file_choice.h"

namespace agront::pull {
namespace {

namespace fs = std::filesystem;

/// Files of a snapshot, as if a hub listed them. What the link in it leads to has its checksum as its name; a file that
/// lies there itself has none.
std::vector<RemoteFile> FilesIn(const fs::path& folder) {
  constexpr size_t kMostFiles = 10'000;
  std::vector<RemoteFile> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code unknown;
    if (!entry->is_regular_file(unknown) || files.size() >= kMostFiles) continue;
    RemoteFile file{.path = entry->path().lexically_relative(folder).string(), .sum = {}, .blob = "", .url = {}};
    file.sum.size = static_cast<int64_t>(entry->file_size(unknown));
    if (const std::string blob = fs::read_symlink(entry->path(), unknown).filename().string(); hub::IsBlobName(blob))
      (blob.size() == 64 ? file.sum.sha256 : file.sum.git_sha1) = blob;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::string CheckCached(const PullOptions& options, const hub::ModelName& name, const std::string& variable,
                        const Environment& environment, Reporter& reporter) {
  const hub::Cache cache(environment);
  const auto folder = options.to.empty() ? cache.FindSnapshot(name) : std::nullopt;
  if (!folder)
    Fail("{}: {} is set, which forbids the network, and {} has no such model", name.text(), variable,
         Printable(options.to.empty() ? cache.root().string() : options.to));
  for (const RemoteFile& file : ChooseFiles(FilesIn(*folder), name.is_published(), Printable(folder->string()))) {
    const fs::path path = *folder / file.path;
    if (!file.sum.has_checksum()) {
      reporter.Warn(fmt::format("{}: has no checksum here, so it is not checked", Printable(path.string())));
      continue;
    }
    if (const std::string difference = Compare(path, file, reporter); !difference.empty())
      Fail("{}: {}; unset {} and pull it again", Printable(path.string()), difference, variable);
  }
  return folder->string();
}

}  // namespace agront::pull
