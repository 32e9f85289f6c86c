// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

#include "agront/printable.h"
#include "base/ascii.h"
#include "net/curl_library.h"

namespace agront::net {
namespace {

constexpr size_t kMostHeaderBytes = 64 << 10;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

std::string Response::Header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

/// One transfer, as libcurl's callbacks see it. An exception must not pass through C: it waits here.
struct HttpClient::Transfer {
  const Request& request;
  const Sink& sink;
  const Tick& tick;
  Response response;
  size_t header_bytes = 0;
  std::exception_ptr thrown;

  /// Whether it ended without an exception.
  template <class Action>
  bool Keep(const Action& action) {
    if (thrown != nullptr) return false;
    try {
      action();
      return true;
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  }

  void ReadHeader(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > kMostHeaderBytes)
      Fail("{}: expected at most {} bytes of headers, got more", request.url.Shown(), kMostHeaderBytes);
    if (line.starts_with("HTTP/")) {  // each answer has its own: "100 Continue" stands before the real one
      response.headers.clear();
      const size_t blank = std::min(line.find(' '), line.size());
      response.status = std::atoi(std::string(Trimmed(line.substr(blank))).c_str());
      return;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string& value = response.headers[AsciiLower(std::string(line.substr(0, colon)))];
    if (!value.empty()) value += ", ";
    value += Trimmed(line.substr(colon + 1));
  }

  static size_t OnHeader(char* bytes, size_t /*one*/, size_t count, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    return self.Keep([&] { self.ReadHeader({bytes, count}); }) ? count : 0;
  }

  static size_t OnBody(char* bytes, size_t /*one*/, size_t count, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    return self.Keep([&] { self.sink(self.response, std::as_bytes(std::span(bytes, count))); }) ? count : 0;
  }

  static int OnProgress(void* transfer, int64_t /*all*/, int64_t /*now*/, int64_t /*all up*/, int64_t /*now up*/) {
    auto& self = *static_cast<Transfer*>(transfer);
    return self.Keep([&] { self.tick(); }) ? 0 : 1;
  }
};

namespace {

template <class Value>
void Set(CurlHandle* handle, CurlOption option, Value value) {
  if (const CurlCode code = Curl().easy_setopt(handle, option, value); code != CurlCode::kOk)
    Fail("libcurl: option {}: {}", static_cast<int>(option), Curl().easy_strerror(code));
}

void SetIfThere(CurlHandle* handle, CurlOption option, const std::string& text) {
  if (!text.empty()) Set(handle, option, text.c_str());
}

/// Options that a libcurl built without proxies rejects.
void SetForProxies(CurlHandle* handle, const Certificates& certificates) {
  Curl().easy_setopt(handle, CurlOption::kSuppressConnectHeaders, 1L);
  if (!certificates.file.empty()) Curl().easy_setopt(handle, CurlOption::kProxyCaInfo, certificates.file.c_str());
}

void SetLimits(CurlHandle* handle, const ClientSettings& settings) {
  Set(handle, CurlOption::kNoSignal, 1L);
  Set(handle, CurlOption::kProtocols, kHttpAndHttps);
  // One stream of one file: what HTTP/2 adds is of no use to it, and its errors in mid-stream are many.
  Set(handle, CurlOption::kHttpVersion, kHttp11);
  Set(handle, CurlOption::kBufferSize, 1L << 18);
  Set(handle, CurlOption::kConnectTimeout, static_cast<long>(settings.connect_limit.count()));
  Set(handle, CurlOption::kLowSpeedLimit, 1L);
  Set(handle, CurlOption::kLowSpeedTime, static_cast<long>(settings.stall_limit.count()));
  SetIfThere(handle, CurlOption::kUserAgent, settings.user_agent);
  SetIfThere(handle, CurlOption::kCaInfo, settings.certificates.file);
  SetIfThere(handle, CurlOption::kCaPath, settings.certificates.folder);
  SetForProxies(handle, settings.certificates);
}

using List = std::unique_ptr<CurlList, void (*)(CurlList*)>;

List ListOf(const std::vector<std::string>& lines) {
  List list(nullptr, Curl().slist_free_all);
  for (const std::string& line : lines) {
    CurlList* longer = Curl().slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

[[noreturn]] void FailTransfer(CurlCode code, const Url& url, const std::string& detail,
                               const Certificates& certificates) {
  const std::string why = detail.empty() ? Curl().easy_strerror(code) : Printable(detail);
  switch (code) {
    case CurlCode::kPeerNotVerified:
    case CurlCode::kBadCaFile:
      Fail(
          "{}: its certificate is not trusted ({}); certificates were read from {}; install ca-certificates, or name "
          "others by SSL_CERT_FILE",
          url.Shown(), why,
          certificates.file.empty() ? certificates.folder.empty() ? "libcurl's own place" : certificates.folder
                                    : certificates.file);
    case CurlCode::kCannotResolve:
    case CurlCode::kCannotResolveProxy:
    case CurlCode::kCannotConnect:
    case CurlCode::kPartialFile:
    case CurlCode::kTimedOut:
    case CurlCode::kTlsConnect:
    case CurlCode::kNothing:
    case CurlCode::kSendError:
    case CurlCode::kReceiveError: throw TransferError(fmt::format("{}: {}", url.Shown(), why));
    default: Fail("{}: {}", url.Shown(), why);
  }
}

}  // namespace

HttpClient::HttpClient(ClientSettings settings) : settings_(std::move(settings)), handle_(Curl().easy_init()) {
  if (handle_ == nullptr) Fail("libcurl: it refused to start");
}

HttpClient::~HttpClient() { Curl().easy_cleanup(handle_); }

Response HttpClient::Perform(const Request& request, const Sink& sink, const Tick& tick) {
  const CurlLibrary& curl = Curl();
  Transfer transfer{request, sink, tick, {}, 0, nullptr};
  std::array<char, kErrorBytes> detail{};
  const List headers = ListOf(request.headers);
  const std::string range = fmt::format("{}-", request.from);

  curl.easy_reset(handle_);  // keeps the connection
  SetLimits(handle_, settings_);
  Set(handle_, CurlOption::kUrl, request.url.text().c_str());
  Set(handle_, CurlOption::kNoBody, request.head ? 1L : 0L);
  Set(handle_, CurlOption::kHttpHeader, headers.get());
  if (request.from > 0) Set(handle_, CurlOption::kRange, range.c_str());
  Set(handle_, CurlOption::kErrorBuffer, detail.data());
  Set(handle_, CurlOption::kHeaderFunction, &Transfer::OnHeader);
  Set(handle_, CurlOption::kHeaderData, &transfer);
  Set(handle_, CurlOption::kWriteFunction, &Transfer::OnBody);
  Set(handle_, CurlOption::kWriteData, &transfer);
  Set(handle_, CurlOption::kNoProgress, 0L);
  Set(handle_, CurlOption::kProgressFunction, &Transfer::OnProgress);
  Set(handle_, CurlOption::kProgressData, &transfer);
  const CurlCode code = curl.easy_perform(handle_);
  if (transfer.thrown != nullptr) std::rethrow_exception(transfer.thrown);
  if (code != CurlCode::kOk) FailTransfer(code, request.url, detail.data(), settings_.certificates);
  int64_t wait = 0;
  if (curl.easy_getinfo(handle_, CurlInfo::kRetryAfter, &wait) == CurlCode::kOk && wait > 0)
    transfer.response.retry_after_s = wait;
  return std::move(transfer.response);
}

}  // namespace agront::net
