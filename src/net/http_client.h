// SPDX-License-Identifier: Apache-2.0
// One HTTP request after another, over libcurl: no redirects, no cookies, nothing stored.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/certificates.h"
#include "net/url.h"

namespace agront::net {

/// The transfer ended before the answer did. Asking again may help.
class TransferError : public Error {
 public:
  using Error::Error;
};

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case; the values of several, with ", " between them
  std::optional<int64_t> retry_after_s;        ///< how long the server wants to be left alone

  /// The header's value, or "".
  std::string Header(const std::string& lower_case_name) const;
};

struct Request {
  Url url;
  bool head = false;                 ///< no body
  std::vector<std::string> headers;  ///< "Name: value"
  uint64_t from = 0;                 ///< the body from this byte on
};

/// Called with each piece of the body. The response has its status and headers, but retry_after_s. What it throws ends
/// the transfer.
using Sink = std::function<void(const Response& response, std::span<const std::byte> bytes)>;

/// Called about once a second, and more often while bytes come. What it throws ends the transfer.
using Tick = std::function<void()>;

struct ClientSettings {
  std::string user_agent;
  Certificates certificates;
  std::chrono::seconds connect_limit{10};
  std::chrono::seconds stall_limit{10};  ///< without a byte
};

/// Thread safety: none.
class HttpClient {
 public:
  /// Throws Error where libcurl is missing.
  explicit HttpClient(ClientSettings settings);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Gives the answer, whatever its status. Throws TransferError when it did not come or not to its end, Error when a
  /// certificate is not trusted or the headers are longer than 64 KiB, and what `sink` and `tick` throw.
  Response Perform(const Request& request, const Sink& sink, const Tick& tick);

 private:
  struct Transfer;

  ClientSettings settings_;
  struct CurlHandle* handle_;
};

}  // namespace agront::net
