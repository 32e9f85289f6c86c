// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/plain_folder.h"

#include <sstream>

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"
#include "hub/published_files.h"
#include "tasks/pull/file_choice.h"

namespace agront::pull {
namespace {

net::Url UrlOf(const Connection& server, const std::string& path) {
  std::string folder = server.settings().endpoint.text();
  while (folder.ends_with('/')) folder.pop_back();
  return net::Url(folder + "/" + net::PercentEncoded(path, "/"));
}

/// Lines such as "e3b0...  model.safetensors"; before the name stands a blank or "*".
std::vector<RemoteFile> ParseSums(const Connection& server, const std::string& text, const std::string& place) {
  constexpr size_t kDigits = 64, kMostFiles = 10'000;
  std::vector<RemoteFile> files;
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
    files.push_back(
        {.path = path, .sum = {.size = -1, .sha256 = sum, .git_sha1 = ""}, .blob = "", .url = UrlOf(server, path)});
  }
  return files;
}

/// The sizes stand in no list.
void AskForSizes(Connection& server, std::vector<RemoteFile>& files) {
  for (RemoteFile& file : files) {
    const auto size = server.GetMetadata(file.url).size;
    if (!size) Fail("{}: expected the file's size (Content-Length), got none", file.url.Shown());
    file.sum.size = *size;
  }
}

}  // namespace

PlainFolder AskFolder(Connection& server) {
  constexpr size_t kMostBytes = 4 << 20;
  PlainFolder folder;
  const net::Url sums = UrlOf(server, kSumsFile);
  if (const auto answer = server.GetText(sums, kMostBytes, true)) {
    folder.files = ChooseFiles(ParseSums(server, answer->text, sums.Shown()), false, sums.Shown());
    AskForSizes(server, folder.files);
    for (const RemoteFile& file : folder.files)
      if (const auto known = hub::PublishedSum(file.path); known && IsWeights(file.path))
        folder.is_published = known->sha256 == file.sum.sha256;
    return folder;
  }
  folder.is_published = true;
  for (const hub::PublishedFile& file : hub::PublishedFiles())
    folder.files.push_back(
        {.path = file.path, .sum = *hub::PublishedSum(file.path), .blob = "", .url = UrlOf(server, file.path)});
  server.reporter().Note(
      fmt::format("{}: no {}: expecting the published model", Printable(server.settings().model), kSumsFile));
  return folder;
}

}  // namespace agront::pull
