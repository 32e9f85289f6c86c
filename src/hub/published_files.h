// SPDX-License-Identifier: Apache-2.0
// The files of the published AgroNT, by their checksums: a mirror of them need not be trusted.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "hub/file_sum.h"

namespace agront::hub {

struct PublishedFile {
  const char* path;
  int64_t size;
  const char* sha256;
};

/// Those that the model needs, from branch main of InstaDeepAI/agro-nucleotide-transformer-1b.
std::span<const PublishedFile> PublishedFiles();

/// Size and SHA-256 of one of them.
std::optional<FileSum> PublishedSum(std::string_view path);

}  // namespace agront::hub
