// SPDX-License-Identifier: Apache-2.0
// Answers of hubs and web servers, as text of strangers. Each function throws Error beginning with `place`, or gives
// checked values: paths stay below a folder, checksums and commits are hexadecimal, sizes are numbers of bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/file_sum.h"

namespace agront::pull {

struct ListedFile {
  std::string path;
  hub::FileSum sum;  ///< as far as the answer has it
};

struct ModelDescription {
  std::string commit;
  std::string licence;            ///< of the model's card, printable; "" if it has none
  std::vector<ListedFile> files;  ///< names alone
};

/// The answer to /api/models/ID/revision/REVISION.
ModelDescription ParseDescription(const std::string& text, const std::string& place);

/// A page of the answer to /api/models/ID/tree/COMMIT: its files.
std::vector<ListedFile> ParseListing(const std::string& text, const std::string& place);

/// The address of the next page in a header Link, such as `<https://...>; rel="next"`; "" if there is none.
std::string NextPage(const std::string& link);

/// SHA256SUMS: lines such as "e3b0...  model.safetensors"; before the name stands a blank or "*".
std::vector<ListedFile> ParseSums(const std::string& text, const std::string& place);

/// A header Content-Range, "bytes 5-99/100"; the whole may be "*".
struct ContentRange {
  uint64_t from = 0;
  std::optional<int64_t> size;
};
std::optional<ContentRange> ParseContentRange(const std::string& text);

/// Whether a path of a stranger stays below the folder that it is put in: relative, of plain names.
bool IsSafePath(std::string_view path);

}  // namespace agront::pull
