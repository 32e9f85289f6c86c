// SPDX-License-Identifier: Apache-2.0
#include "hub/model_name.h"

#include <algorithm>

#include "base/ascii.h"

namespace agront::hub {
namespace {

bool IsHexadecimal(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Whether it may be a folder's name in the cache, where "--" stands for "/".
bool IsNamePart(std::string_view text) {
  constexpr size_t kLongest = 96;
  return !text.empty() && text.size() <= kLongest && text.front() != '.' && text.front() != '-' && text.back() != '.' &&
         text.find("--") == std::string_view::npos && text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return IsAsciiLetterOrDigit(c) || c == '-' || c == '_' || c == '.'; });
}

bool IsRevision(std::string_view text) {
  constexpr size_t kLongest = 200;
  return !text.empty() && text.size() <= kLongest && text.front() != '/' && text.back() != '/' && text.front() != '-' &&
         text.front() != '.' && text.find("//") == std::string_view::npos &&
         text.find("..") == std::string_view::npos && text.find("/.") == std::string_view::npos &&
         std::ranges::all_of(
             text, [](char c) { return IsAsciiLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '/'; });
}

}  // namespace

std::string ModelName::text() const {
  if (is_published()) return kPublishedName;
  return revision == "main" ? repository : repository + "@" + revision;
}

std::optional<ModelName> ParseModelName(std::string_view text) {
  ModelName name;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    name.revision = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (!IsRevision(name.revision)) return std::nullopt;
  if (text == kPublishedName) text = kPublishedRepository;
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || !IsNamePart(text.substr(0, slash)) || !IsNamePart(text.substr(slash + 1)))
    return std::nullopt;
  name.repository = text;
  return name;
}

bool IsCommit(std::string_view text) { return text.size() == 40 && IsHexadecimal(text); }

bool IsBlobName(std::string_view text) { return (text.size() == 40 || text.size() == 64) && IsHexadecimal(text); }

}  // namespace agront::hub
