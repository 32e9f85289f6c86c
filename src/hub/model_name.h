// SPDX-License-Identifier: Apache-2.0
// How a model of the hub is called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agront::hub {

/// The published model, by its short name and as the hub knows it.
inline constexpr char kPublishedName[] = "agront-1b";
inline constexpr char kPublishedRepository[] = "InstaDeepAI/agro-nucleotide-transformer-1b";

struct ModelName {
  std::string repository;         ///< ORGANIZATION/NAME
  std::string revision = "main";  ///< a branch, a tag or a commit

  /// The published model as it is known here, file by file: no other revision was asked for.
  bool is_published() const { return repository == kPublishedRepository && revision == "main"; }
  /// As it is written: agront-1b, ORG/NAME or ORG/NAME@REVISION.
  std::string text() const;
};

/// Reads agront-1b, agront-1b@REVISION, ORG/NAME or ORG/NAME@REVISION; nothing if it is not written so. All of it is
/// safe in a path: letters, digits, "-", "_" and ".", in a revision "/" too, but no "..".
std::optional<ModelName> ParseModelName(std::string_view text);

/// 40 hexadecimal digits in lower case.
bool IsCommit(std::string_view text);

/// The name of a file's content on the hub: 40 (SHA-1 of git) or 64 (SHA-256) hexadecimal digits in lower case.
bool IsBlobName(std::string_view text);

}  // namespace agront::hub
