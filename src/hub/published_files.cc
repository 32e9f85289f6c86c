// SPDX-License-Identifier: Apache-2.0
#include "hub/published_files.h"

#include <algorithm>
#include <array>

namespace agront::hub {
namespace {

constexpr auto kFiles = std::to_array<PublishedFile>({
    {"config.json", 707, "4063f8250f32d922611d8b36f0def1bb53b7ae129d6439c50c8b6c340e8eb0bd"},
    {"vocab.txt", 28'718, "f1b544e27897936b50bbd925850fa8a08b421c33bb9c26e3711c140c061d0d4c"},
    {"tokenizer_config.json", 129, "882fac59d6209cfb4e11f5e933195a4b117f8efb6c9aa30fea8ded53ea3f9bdd"},
    {"special_tokens_map.json", 101, "d6dc30bf018166daab248b0abf7efda6fd1b1e0a2d1bee5b31b23db2ebdaee77"},
    {"pytorch_model.bin", 3'965'239'677, "eff67add0325047da01c1e7022d05c0b6cbe1b5cc5580d6e9ccca19ace8eb6e8"},
});

}  // namespace

std::span<const PublishedFile> PublishedFiles() { return kFiles; }

std::optional<FileSum> PublishedSum(std::string_view path) {
  const auto found = std::ranges::find(kFiles, path, &PublishedFile::path);
  if (found == kFiles.end()) return std::nullopt;
  return FileSum{.size = found->size, .sha256 = found->sha256, .git_sha1 = ""};
}

}  // namespace agront::hub
