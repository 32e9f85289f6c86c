// SPDX-License-Identifier: Apache-2.0
// libcurl, opened when it is first needed: who never pulls a model needs neither it nor what it brings along.
//
// The part of its C interface that we use is declared here. Its numbers are binary interface and never change; Debian
// has three packages of headers that exclude one another, so a build that needs one of them would get into other
// projects' way. Where the headers are there, the test compares the numbers with them.
#pragma once

#include <cstdint>

namespace agront::net {

/// CURLOPT_*.
enum class CurlOption : int {
  kLowSpeedLimit = 19,  // long, bytes a second
  kLowSpeedTime = 20,   // long, seconds
  kNoProgress = 43,
  kNoBody = 44,
  kConnectTimeout = 78,  // long, seconds
  kHttpVersion = 84,
  kBufferSize = 98,
  kNoSignal = 99,
  kProtocols = 181,
  kSuppressConnectHeaders = 265,
  kWriteData = 10001,
  kUrl = 10002,
  kRange = 10007,
  kErrorBuffer = 10010,  // kErrorBytes
  kUserAgent = 10018,
  kHttpHeader = 10023,
  kHeaderData = 10029,
  kProgressData = 10057,
  kCaInfo = 10065,
  kCaPath = 10097,
  kProxyCaInfo = 10246,
  kWriteFunction = 20011,
  kHeaderFunction = 20079,
  kProgressFunction = 20219,
};

/// CURLE_*.
enum class CurlCode : int {
  kOk = 0,
  kCannotResolveProxy = 5,
  kCannotResolve = 6,
  kCannotConnect = 7,
  kPartialFile = 18,
  kTimedOut = 28,
  kTlsConnect = 35,
  kNothing = 52,
  kSendError = 55,
  kReceiveError = 56,
  kPeerNotVerified = 60,
  kBadCaFile = 77,
};

/// CURLINFO_*.
enum class CurlInfo : int {
  kResponseCode = 0x200000 + 2,  // long
  kRetryAfter = 0x600000 + 57,   // int64, seconds; since 7.66
};

/// CURLUPART_*, CURLU_*, CURL_HTTP_VERSION_*, CURLPROTO_*, CURL_ERROR_SIZE, CURL_GLOBAL_DEFAULT.
enum class UrlPart : int { kUrl = 0, kScheme = 1, kHost = 5, kPort = 6, kPath = 7, kQuery = 8, kFragment = 9 };
inline constexpr unsigned kUrlDefaultPort = 1, kUrlDisallowUser = 1U << 5;
inline constexpr long kHttp11 = 2, kHttpAndHttps = 3, kGlobalDefault = 3;
inline constexpr int kErrorBytes = 256;

struct CurlHandle;  // CURL
struct CurlList;    // struct curl_slist
struct CurlUrl;     // CURLU

/// Thread safety: the functions are as thread-safe as libcurl's; a handle is used by one thread at a time.
struct CurlLibrary {
  CurlCode (*global_init)(long flags);
  CurlHandle* (*easy_init)();
  CurlCode (*easy_setopt)(CurlHandle* handle, CurlOption option, ...);
  CurlCode (*easy_perform)(CurlHandle* handle);
  CurlCode (*easy_getinfo)(CurlHandle* handle, CurlInfo info, ...);
  void (*easy_reset)(CurlHandle* handle);
  void (*easy_cleanup)(CurlHandle* handle);
  const char* (*easy_strerror)(CurlCode code);
  CurlList* (*slist_append)(CurlList* list, const char* text);
  void (*slist_free_all)(CurlList* list);
  CurlUrl* (*url)();
  void (*url_cleanup)(CurlUrl* url);
  int (*url_set)(CurlUrl* url, UrlPart part, const char* text, unsigned flags);
  int (*url_get)(const CurlUrl* url, UrlPart part, char** text, unsigned flags);
  void (*free)(void* text);
};

/// Opens the library the first time, and leaves it open. Throws Error that names the package when there is none, or one
/// from before 7.62 (2018). Any thread may call it at any time.
const CurlLibrary& Curl();

}  // namespace agront::net
