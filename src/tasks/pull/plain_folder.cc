// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/plain_folder.h"

#include <utility>

#include "agront/printable.h"
#include "base/error.h"
#include "hub/published_files.h"
#include "tasks/pull/file_choice.h"
#include "tasks/pull/hub_answers.h"

namespace agront::pull {
namespace {

net::Url UrlOf(const Connection& server, const std::string& path) {
  std::string folder = server.settings().endpoint.text();
  while (folder.ends_with('/')) folder.pop_back();
  return net::Url(folder + "/" + net::PercentEncoded(path, "/"));
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
    std::vector<RemoteFile> files;
    for (ListedFile& file : ParseSums(answer->text, sums.Shown())) {
      const net::Url url = UrlOf(server, file.path);
      files.push_back({.path = std::move(file.path), .sum = std::move(file.sum), .blob = "", .url = url});
    }
    folder.files = ChooseFiles(files, false, sums.Shown());
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
