// SPDX-License-Identifier: Apache-2.0
#include "net/url.h"

#include <arpa/inet.h>

#include <memory>

#include "agront/printable.h"
#include "base/ascii.h"
#include "base/error.h"
#include "net/curl_library.h"

namespace agront::net {
namespace {

constexpr size_t kLongest = 8000;

/// A parsed address of libcurl.
class Parsed {
 public:
  Parsed() : curl_(Curl()), url_(curl_.url(), curl_.url_cleanup) {
    if (url_ == nullptr) throw std::bad_alloc();
  }

  bool Set(const std::string& text) {
    return text.find('\0') == std::string::npos &&
           curl_.url_set(url_.get(), UrlPart::kUrl, text.c_str(), kUrlDisallowUser) == 0;
  }

  /// Takes a part away.
  void Drop(UrlPart part) { curl_.url_set(url_.get(), part, nullptr, 0); }

  std::string Get(UrlPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_.url_get(url_.get(), part, &text, flags) != 0 || text == nullptr) return "";
    const std::string copy = text;
    curl_.free(text);
    return copy;
  }

 private:
  const CurlLibrary& curl_;
  std::unique_ptr<CurlUrl, void (*)(CurlUrl*)> url_;
};

std::string WithoutQuery(const std::string& text) { return text.substr(0, text.find_first_of("?#")); }

/// An address of others for a message: without the query, nor what stands before "@" in the host's place.
std::string Quoted(const std::string& text) {
  std::string quoted = WithoutQuery(text);
  const size_t mark = quoted.find("://");
  const size_t begin = mark == std::string::npos ? 0 : mark + 3;
  const size_t at = quoted.substr(0, quoted.find('/', begin)).rfind('@');
  if (at != std::string::npos && at >= begin) quoted.replace(begin, at - begin, "...");
  return Printable(quoted);
}

}  // namespace

Url::Url(const std::string& text) {
  Parsed parsed;
  if (text.size() > kLongest)
    Fail("{}: expected an address of at most {} bytes, got {}", Quoted(text), kLongest, text.size());
  if (!parsed.Set(text)) Fail("{}: expected an address such as https://host/path, without a user's name", Quoted(text));
  parsed.Drop(UrlPart::kFragment);
  scheme_ = AsciiLower(parsed.Get(UrlPart::kScheme));
  host_ = AsciiLower(parsed.Get(UrlPart::kHost));
  port_ = parsed.Get(UrlPart::kPort, kUrlDefaultPort);
  path_ = parsed.Get(UrlPart::kPath);
  text_ = parsed.Get(UrlPart::kUrl);
  if (scheme_ != "http" && scheme_ != "https") Fail("{}: expected an address of https or http", Quoted(text));
  if (host_.empty() || text_.empty()) Fail("{}: expected an address with a host", Quoted(text));
}

Url Url::Resolve(const std::string& reference) const {
  Parsed parsed;
  if (reference.size() > kLongest || !parsed.Set(text_) || !parsed.Set(reference))
    Fail("{}: expected an address after it, got {}", Shown(), Quoted(reference));
  return Url(parsed.Get(UrlPart::kUrl));
}

bool Url::IsLoopback() const {
  if (host_ == "localhost" || host_ == "[::1]") return true;
  in_addr address{};
  return inet_pton(AF_INET, host_.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

std::string Url::Shown() const { return Printable(WithoutQuery(text_)); }

std::string PercentEncoded(std::string_view text, std::string_view kept) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string encoded;
  for (const char letter : text) {
    if (kPlain.find(letter) != std::string_view::npos || kept.find(letter) != std::string_view::npos)
      encoded += letter;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return encoded;
}

}  // namespace agront::net
