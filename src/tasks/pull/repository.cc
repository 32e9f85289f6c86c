// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/repository.h"

#include <algorithm>

#include "agront/printable.h"
#include "base/error.h"
#include "formats/json.h"

namespace agront::pull {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostAnswerBytes = 32 << 20;
constexpr int64_t kMostFileBytes = int64_t{1} << 42;

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
  if (size == entry.end() || !size->is_number_unsigned() || *size > kMostFileBytes)
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

/// The address of the next page in a header such as `<https://...>; rel="next"`.
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

class Asker {
 public:
  Asker(Connection& hub, const hub::ModelName& name) : hub_(hub), name_(name) {}

  Repository Ask() {
    const net::Url url = At("/api/models/" + name_.repository + "/revision/" + net::PercentEncoded(name_.revision));
    const auto answer = hub_.GetText(url, kMostAnswerBytes);
    const Json description = formats::ParseJson(answer->text, url.Shown());
    repository_.commit = TextIn(description, "sha");
    if (!hub::IsCommit(repository_.commit))
      Fail("{}: expected a model's description with its commit (sha, 40 hexadecimal digits), got {}", url.Shown(),
           Printable(repository_.commit.empty() ? answer->text : repository_.commit, 80));
    if (hub::IsCommit(name_.revision) && repository_.commit != name_.revision)
      Fail("{}: expected commit {}, got {}", url.Shown(), name_.revision, repository_.commit);
    repository_.licence = LicenceOf(description);
    if (!ReadTree()) ReadSiblings(description, url.Shown());
    return std::move(repository_);
  }

 private:
  net::Url At(const std::string& path) const {
    std::string endpoint = hub_.settings().endpoint.text();
    while (endpoint.ends_with('/')) endpoint.pop_back();
    return net::Url(endpoint + path);
  }

  void Add(const std::string& path, hub::FileSum sum, const std::string& place) {
    constexpr size_t kMostFiles = 100'000;
    if (repository_.files.size() >= kMostFiles) Fail("{}: expected at most {} files, got more", place, kMostFiles);
    const std::string address = "/" + name_.repository + "/resolve/" + repository_.commit + "/";
    repository_.files.push_back({.path = CheckedPath(path, place),
                                 .sum = sum,
                                 .blob = sum.sha256.empty() ? sum.git_sha1 : sum.sha256,
                                 .url = At(address + net::PercentEncoded(path, "/"))});
  }

  /// The listing with sizes and checksums, page by page. False where the hub has none, as some mirrors do.
  bool ReadTree() {
    constexpr int kMostPages = 1000;
    net::Url url = At("/api/models/" + name_.repository + "/tree/" + repository_.commit + "?recursive=true");
    for (int page = 0; page < kMostPages; ++page) {
      const auto answer = hub_.GetText(url, kMostAnswerBytes, page == 0);
      if (!answer) return false;
      const Json entries = formats::ParseJson(answer->text, url.Shown());
      if (!entries.is_array()) Fail("{}: expected a list of files, got {}", url.Shown(), entries.type_name());
      for (const Json& entry : entries)
        if (TextIn(entry, "type") == "file") Add(TextIn(entry, "path"), SumIn(entry, url.Shown()), url.Shown());
      const std::string next = NextPage(answer->response.Header("link"));
      if (next.empty()) return true;
      url = hub_.Redirected(url, next);
      if (!url.HasOriginOf(hub_.settings().endpoint))
        Fail("{}: expected the next page of the listing from the same server, got {}", hub_.settings().endpoint.Shown(),
             url.Shown());
    }
    Fail("{}: expected a listing of at most {} pages, got more", url.Shown(), kMostPages);
  }

  /// Names alone, from the description.
  void ReadSiblings(const Json& description, const std::string& place) {
    const auto siblings = description.find("siblings");
    if (siblings == description.end() || !siblings->is_array()) Fail("{}: expected a list of files, got none", place);
    for (const Json& sibling : *siblings) Add(TextIn(sibling, "rfilename"), {}, place);
  }

  Connection& hub_;
  const hub::ModelName& name_;
  Repository repository_;
};

}  // namespace

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
