// SPDX-License-Identifier: Apache-2.0
// Addresses of the web, read by libcurl's own parser: who checks an address and who connects to it must not read it
// differently.
#pragma once

#include <string>
#include <string_view>

namespace agront::net {

/// An address of http or https. Immutable.
class Url {
 public:
  Url() = default;  ///< no address

  /// Throws Error for text that is not such an address, and for one with a user's name or a password in it, which
  /// messages would show. Whatever stands behind "#" is dropped. Needs libcurl (net/curl_library.h).
  explicit Url(const std::string& text);

  /// The address that a server or a page at this one means by `reference`, absolute or relative. Throws Error as the
  /// constructor does.
  Url Resolve(const std::string& reference) const;

  const std::string& text() const { return text_; }
  const std::string& host() const { return host_; }
  bool is_https() const { return scheme_ == "https"; }

  /// Scheme, host and port: to whom a secret may be sent.
  std::string Origin() const { return scheme_ + "://" + host_ + ":" + port_; }
  bool HasOriginOf(const Url& other) const { return Origin() == other.Origin(); }

  /// Whether it leads to this machine: localhost, 127.x.x.x, [::1].
  bool IsLoopback() const;

  /// For messages: without the query, which may hold a signature, printable and short.
  std::string Shown() const;

 private:
  std::string text_;
  std::string scheme_;
  std::string host_;
  std::string port_;
  std::string path_;
};

/// All bytes but letters, digits and "-._~" as %XX; "/" too, unless it is in `kept`.
std::string PercentEncoded(std::string_view text, std::string_view kept = "");

}  // namespace agront::net
