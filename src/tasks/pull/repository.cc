// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/repository.h"

#include <utility>

#include "agront/printable.h"
#include "base/error.h"
#include "tasks/pull/hub_answers.h"

namespace agront::pull {
namespace {

constexpr size_t kMostAnswerBytes = 32 << 20;
class Asker {
 public:
  Asker(Connection& hub, const hub::ModelName& name) : hub_(hub), name_(name) {}

  Repository Ask() {
    const net::Url url = At("/api/models/" + name_.repository + "/revision/" + net::PercentEncoded(name_.revision));
    const ModelDescription description = ParseDescription(hub_.GetText(url, kMostAnswerBytes)->text, url.Shown());
    repository_.commit = description.commit;
    repository_.licence = description.licence;
    if (hub::IsCommit(name_.revision) && repository_.commit != name_.revision)
      Fail("{}: expected commit {}, got {}", url.Shown(), name_.revision, repository_.commit);
    if (!ReadTree()) Add(description.files, url.Shown());  // names alone
    if (repository_.files.empty()) Fail("{}: expected a list of files, got none", url.Shown());
    return std::move(repository_);
  }

 private:
  net::Url At(const std::string& path) const {
    std::string endpoint = hub_.settings().endpoint.text();
    while (endpoint.ends_with('/')) endpoint.pop_back();
    return net::Url(endpoint + path);
  }

  void Add(const std::vector<ListedFile>& files, const std::string& place) {
    constexpr size_t kMostFiles = 100'000;
    if (repository_.files.size() + files.size() > kMostFiles)
      Fail("{}: expected at most {} files, got more", place, kMostFiles);
    const std::string address = "/" + name_.repository + "/resolve/" + repository_.commit + "/";
    for (const ListedFile& file : files)
      repository_.files.push_back({.path = file.path,
                                   .sum = file.sum,
                                   .blob = file.sum.sha256.empty() ? file.sum.git_sha1 : file.sum.sha256,
                                   .url = At(address + net::PercentEncoded(file.path, "/"))});
  }

  /// The listing with sizes and checksums, page by page. False where the hub has none, as some mirrors do.
  bool ReadTree() {
    constexpr int kMostPages = 1000;
    net::Url url = At("/api/models/" + name_.repository + "/tree/" + repository_.commit + "?recursive=true");
    for (int page = 0; page < kMostPages; ++page) {
      const auto answer = hub_.GetText(url, kMostAnswerBytes, page == 0);
      if (!answer) return false;
      Add(ParseListing(answer->text, url.Shown()), url.Shown());
      const std::string next = NextPage(answer->response.Header("link"));
      if (next.empty()) return true;
      url = hub_.Redirected(url, next);
      if (!url.HasOriginOf(hub_.settings().endpoint))
        Fail("{}: expected the next page of the listing from the same server, got {}", hub_.settings().endpoint.Shown(),
             url.Shown());
    }
    Fail("{}: expected a listing of at most {} pages, got more", url.Shown(), kMostPages);
  }

  Connection& hub_;
  const hub::ModelName& name_;
  Repository repository_;
};

}  // namespace

Repository AskHub(Connection& hub, const hub::ModelName& name) { return Asker(hub, name).Ask(); }

void CompleteSum(Connection& hub, RemoteFile& file) {
  if (file.sum.has_checksum() && file.sum.size >= 0 && !file.blob.empty()) return;
  const Metadata metadata = hub.GetMetadata(file.url);
  if (!hub::IsBlobName(metadata.etag))
    Fail("{}: expected an ETag with the file's checksum, got {}", file.url.Shown(),
         metadata.etag.empty() ? "none" : Printable(metadata.etag, 80));
  if (!metadata.size) Fail("{}: expected the file's size, got none", file.url.Shown());
  file.blob = metadata.etag;
  file.sum.size = *metadata.size;
  (file.blob.size() == 64 ? file.sum.sha256 : file.sum.git_sha1) = file.blob;
}

}  // namespace agront::pull
