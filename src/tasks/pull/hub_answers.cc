// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/hub_answers.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"
#include "formats/json.h"
#include "hub/model_name.h"

namespace agront::pull {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMostFileBytes = uint64_t{1} << 42;

/// Text in an object, or "".
std::string TextIn(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string LicenceOf(const Json& answer) {
  const auto card = answer.find("cardData");
  if (card == answer.end()) return "";
  std::string licence = TextIn(*card, "license");
  if (licence == "other")
    if (const std::string name = TextIn(*card, "license_name"); !name.empty()) licence = name;
  return Printable(licence, 100);
}

std::string CheckedPath(const std::string& path, const std::string& place) {
  if (!IsSafePath(path)) Fail("{}: expected paths inside of the model's folder, got {}", place, Printable(path));
  return path;
}

int64_t SizeIn(const Json& entry, const std::string& place) {
  const auto size = entry.find("size");
  if (size == entry.end() || !size->is_number_unsigned() || size->get<uint64_t>() > kMostFileBytes)
    Fail("{}: expected the size of a file, got {}", place, size == entry.end() ? "none" : Printable(size->dump(), 40));
  return size->get<int64_t>();
}

/// One file of a listing: a small one by git's checksum, a large one by SHA-256.
hub::FileSum SumIn(const Json& entry, const std::string& place) {
  const auto lfs = entry.find("lfs");
  const bool is_large = lfs != entry.end() && lfs->is_object();
  hub::FileSum sum{.size = SizeIn(is_large ? *lfs : entry, place), .sha256 = "", .git_sha1 = ""};
  const std::string checksum = TextIn(is_large ? *lfs : entry, "oid");
  if (checksum.empty()) return sum;
  if (!hub::IsBlobName(checksum) || (checksum.size() == 64) != is_large)
    Fail("{}: expected a checksum of {} hexadecimal digits, got {}", place, is_large ? 64 : 40,
         Printable(checksum, 80));
  (is_large ? sum.sha256 : sum.git_sha1) = checksum;
  return sum;
}

}  // namespace

ModelDescription ParseDescription(const std::string& text, const std::string& place) {
  const Json answer = formats::ParseJson(text, place);
  ModelDescription description{.commit = TextIn(answer, "sha"), .licence = LicenceOf(answer), .files = {}};
  if (!hub::IsCommit(description.commit))
    Fail("{}: expected a model's description with its commit (sha, 40 hexadecimal digits), got {}", place,
         Printable(description.commit.empty() ? text : description.commit, 80));
  const auto siblings = answer.find("siblings");
  if (siblings == answer.end() || !siblings->is_array()) return description;
  for (const Json& sibling : *siblings)
    description.files.push_back({.path = CheckedPath(TextIn(sibling, "rfilename"), place), .sum = {}});
  return description;
}

std::vector<ListedFile> ParseListing(const std::string& text, const std::string& place) {
  const Json entries = formats::ParseJson(text, place);
  if (!entries.is_array()) Fail("{}: expected a list of files, got {}", place, entries.type_name());
  std::vector<ListedFile> files;
  for (const Json& entry : entries)
    if (TextIn(entry, "type") == "file")
      files.push_back({.path = CheckedPath(TextIn(entry, "path"), place), .sum = SumIn(entry, place)});
  return files;
}

std::string NextPage(const std::string& link) {
  for (size_t begin = link.find('<'); begin != std::string::npos; begin = link.find('<', begin + 1)) {
    const size_t end = link.find('>', begin);
    if (end == std::string::npos) return "";
    const size_t next = std::min(link.find('<', end), link.size());
    const std::string_view relation = std::string_view(link).substr(end, next - end);
    if (relation.find("rel=\"next\"") != std::string_view::npos || relation.find("rel=next") != std::string_view::npos)
      return link.substr(begin + 1, end - begin - 1);
  }
  return "";
}

std::vector<ListedFile> ParseSums(const std::string& text, const std::string& place) {
  constexpr size_t kDigits = 64, kMostFiles = 10'000;
  std::vector<ListedFile> files;
  std::istringstream lines(text);
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    const std::string sum = AsciiLower(line.substr(0, kDigits));
    const bool is_line = line.size() > kDigits + 2 && hub::IsBlobName(sum) && line[kDigits] == ' ' &&
                         (line[kDigits + 1] == ' ' || line[kDigits + 1] == '*');
    if (!is_line) Fail("{}:{}: expected a SHA-256, two blanks and a name, got {}", place, number, Printable(line, 100));
    std::string path = line.substr(kDigits + 2);
    if (path.starts_with("./")) path.erase(0, 2);
    if (!IsSafePath(path)) Fail("{}:{}: expected a path inside of the folder, got {}", place, number, Printable(path));
    if (files.size() >= kMostFiles) Fail("{}:{}: expected at most {} files", place, number, kMostFiles);
    files.push_back({.path = path, .sum = {.size = -1, .sha256 = sum, .git_sha1 = ""}});
  }
  return files;
}

std::optional<ContentRange> ParseContentRange(const std::string& text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  const char* const end = text.data() + text.size();
  ContentRange range;
  const auto first = std::from_chars(text.data() + kUnit.size(), end, range.from);
  const size_t slash = text.find('/');
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-' || slash == std::string::npos)
    return std::nullopt;
  if (text.substr(slash + 1) == "*") return range;
  int64_t size = 0;
  const auto last = std::from_chars(text.data() + slash + 1, end, size);
  if (last.ec != std::errc() || last.ptr != end || size < 0) return std::nullopt;
  range.size = size;
  return range;
}

bool IsSafePath(std::string_view path) {
  constexpr size_t kLongest = 1000, kLongestName = 200;
  if (path.empty() || path.size() > kLongest) return false;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    if (name.empty() || name == "." || name == ".." || name.size() > kLongestName) return false;
    if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7F || c == '\\'; })) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace agront::pull
