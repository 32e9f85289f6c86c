// SPDX-License-Identifier: Apache-2.0
// The folder in which Hugging Face's programs keep what they fetched, in their layout:
//
//   ROOT/models--ORG--NAME/refs/REVISION            the commit, 40 hexadecimal digits
//   ROOT/models--ORG--NAME/snapshots/COMMIT/PATH    a link to the file's content, or the file itself
//   ROOT/models--ORG--NAME/blobs/CHECKSUM           the content; other programs may have a link here, too
//
// Nothing here deletes anything, nor touches the network.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/environment.h"
#include "hub/model_name.h"

namespace agront::hub {

class Cache {
 public:
  explicit Cache(std::filesystem::path root) : root_(std::move(root)) {}
  /// Where the environment says (hub/variables.h).
  explicit Cache(const Environment& environment);

  const std::filesystem::path& root() const { return root_; }

  /// The commit that a revision is here, if it is known here. Throws Error when its file holds something else.
  std::optional<std::string> CommitOf(const ModelName& name) const;

  /// The folder of a commit's files, whether it is there or not.
  std::filesystem::path Snapshot(const ModelName& name, const std::string& commit) const;

  /// The file of a content, whether it is there or not. `blob` is one of IsBlobName.
  std::filesystem::path Blob(const ModelName& name, const std::string& blob) const;

  /// The folder of a model's files, if its revision is known here and has a folder.
  std::optional<std::filesystem::path> FindSnapshot(const ModelName& name) const;

  /// Makes the folders that a commit's files need, and those above.
  void MakeFolders(const ModelName& name, const std::string& commit) const;

  /// Gives a content that is in blobs/ its path in a snapshot: by a link, or where the file system has none, or
  /// HF_HUB_DISABLE_SYMLINKS is set, by moving it there. `path` is relative and without "..".
  void Link(const ModelName& name, const std::string& commit, const std::string& path, const std::string& blob,
            bool may_link) const;

  /// Remembers what a revision is; a commit needs no remembering.
  void WriteRef(const ModelName& name, const std::string& commit) const;

 private:
  std::filesystem::path Repository(const ModelName& name) const;

  std::filesystem::path root_;
};

}  // namespace agront::hub
