// SPDX-License-Identifier: Apache-2.0
// Where fetched files go: Hugging Face's cache, or a folder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/environment.h"
#include "hub/model_name.h"
#include "tasks/pull/repository.h"

namespace agront::pull {

class Destination {
 public:
  virtual ~Destination() = default;

  /// The folder of the model's files.
  virtual std::filesystem::path Folder() const = 0;
  /// Where a file's content is written.
  virtual std::filesystem::path Target(const RemoteFile& file) const = 0;
  /// Where the content is, if the file is there; else empty.
  virtual std::filesystem::path Existing(const RemoteFile& file) const = 0;
  /// Whether a file that is there and is another one may be replaced.
  virtual bool MayReplace() const = 0;
  /// Makes the folders for these files.
  virtual void Prepare(const std::vector<RemoteFile>& files) = 0;
  /// A file's content is there.
  virtual void Place(const RemoteFile& file) = 0;
  /// All files are.
  virtual void Finish() = 0;
};

/// `commit` is one of hub::IsCommit. Every file must have a blob's name.
std::unique_ptr<Destination> ToCache(const hub::ModelName& name, const std::string& commit,
                                     const Environment& environment);

std::unique_ptr<Destination> ToFolder(const std::string& folder, bool may_replace);

}  // namespace agront::pull
