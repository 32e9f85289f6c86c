// SPDX-License-Identifier: Apache-2.0
#include "net/url.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "net/curl_library.h"

#if __has_include(<curl/curl.h>)
#include <curl/curl.h>
#endif

namespace agront::net {
namespace {

class UrlTest : public testing::Test {
  void SetUp() override {
    try {
      Curl();
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
  }
};

TEST_F(UrlTest, ReadsItsParts) {
  const Url url("HTTPS://Hub.Example/a/../b?x=1#part");
  EXPECT_TRUE(url.is_https());
  EXPECT_EQ(url.host(), "hub.example");
  EXPECT_EQ(url.Origin(), "https://hub.example:443");
  EXPECT_EQ(url.Shown(), "https://Hub.Example/b");
  EXPECT_EQ(url.text().find('#'), std::string::npos);
}

TEST_F(UrlTest, OriginsDifferBySchemeHostAndPort) {
  const Url url("https://hub.example/a");
  EXPECT_TRUE(url.HasOriginOf(Url("https://HUB.example:443/b?c")));
  for (const char* other :
       {"http://hub.example/a", "https://hub.example:8443/a", "https://hub.example.org/a", "https://x.hub.example/a"})
    EXPECT_FALSE(url.HasOriginOf(Url(other))) << other;
}

TEST_F(UrlTest, ResolvesReferences) {
  const Url url("https://hub.example/a/b?c");
  EXPECT_EQ(url.Resolve("/d").text(), "https://hub.example/d");
  EXPECT_EQ(url.Resolve("d?e=1").text(), "https://hub.example/a/d?e=1");
  EXPECT_EQ(url.Resolve("//other.example/f").Origin(), "https://other.example:443");
  EXPECT_EQ(url.Resolve("http://127.0.0.1:1/").Origin(), "http://127.0.0.1:1");
  ExpectError([&] { url.Resolve("file:///etc/passwd"); }, "expected an address of https or http");
  ExpectError([&] { url.Resolve(std::string("/a\0b", 4)); }, "expected an address after it");
}

TEST_F(UrlTest, RefusesWhatIsNoAddressAndHidesPasswords) {
  for (const char* text : {"", "x", "ftp://a/b", "https://", "http://a b/", "https://u:secret@host/x", "file:///x"}) {
    try {
      const Url url(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    }
  }
  ExpectError([] { Url("https://a/" + std::string(9000, 'x')); }, "at most 8000 bytes, got 9010");
}

TEST_F(UrlTest, KnowsThisMachine) {
  for (const char* text : {"http://localhost:1/", "http://127.0.0.1/", "http://127.9.9.9/", "http://[::1]:8/"})
    EXPECT_TRUE(Url(text).IsLoopback()) << text;
  for (const char* text : {"http://127.0.0.1.example/", "http://localhost.example/", "http://10.0.0.1/",
                           "http://128.0.0.1/", "http://[::2]/"})
    EXPECT_FALSE(Url(text).IsLoopback()) << text;
}

TEST(PercentEncoded, KeepsWhatIsPlain) {
  EXPECT_EQ(PercentEncoded("refs/pr/1"), "refs%2Fpr%2F1");
  EXPECT_EQ(PercentEncoded("a/b c%\xC3\xA9", "/"), "a/b%20c%25%C3%A9");
}

#ifdef CURLINC_CURL_H
// The declarations of curl_library.h are those of libcurl's own header.
static_assert(static_cast<int>(CurlOption::kLowSpeedLimit) == CURLOPT_LOW_SPEED_LIMIT);
static_assert(static_cast<int>(CurlOption::kLowSpeedTime) == CURLOPT_LOW_SPEED_TIME);
static_assert(static_cast<int>(CurlOption::kNoProgress) == CURLOPT_NOPROGRESS);
static_assert(static_cast<int>(CurlOption::kNoBody) == CURLOPT_NOBODY);
static_assert(static_cast<int>(CurlOption::kConnectTimeout) == CURLOPT_CONNECTTIMEOUT);
static_assert(static_cast<int>(CurlOption::kHttpVersion) == CURLOPT_HTTP_VERSION);
static_assert(static_cast<int>(CurlOption::kBufferSize) == CURLOPT_BUFFERSIZE);
static_assert(static_cast<int>(CurlOption::kNoSignal) == CURLOPT_NOSIGNAL);
static_assert(static_cast<int>(CurlOption::kProtocols) == 181);  // CURLOPT_PROTOCOLS, which newer headers warn about
static_assert(static_cast<int>(CurlOption::kSuppressConnectHeaders) == CURLOPT_SUPPRESS_CONNECT_HEADERS);
static_assert(static_cast<int>(CurlOption::kWriteData) == CURLOPT_WRITEDATA);
static_assert(static_cast<int>(CurlOption::kUrl) == CURLOPT_URL);
static_assert(static_cast<int>(CurlOption::kRange) == CURLOPT_RANGE);
static_assert(static_cast<int>(CurlOption::kErrorBuffer) == CURLOPT_ERRORBUFFER);
static_assert(static_cast<int>(CurlOption::kUserAgent) == CURLOPT_USERAGENT);
static_assert(static_cast<int>(CurlOption::kHttpHeader) == CURLOPT_HTTPHEADER);
static_assert(static_cast<int>(CurlOption::kHeaderData) == CURLOPT_HEADERDATA);
static_assert(static_cast<int>(CurlOption::kProgressData) == CURLOPT_XFERINFODATA);
static_assert(static_cast<int>(CurlOption::kCaInfo) == CURLOPT_CAINFO);
static_assert(static_cast<int>(CurlOption::kCaPath) == CURLOPT_CAPATH);
static_assert(static_cast<int>(CurlOption::kProxyCaInfo) == CURLOPT_PROXY_CAINFO);
static_assert(static_cast<int>(CurlOption::kWriteFunction) == CURLOPT_WRITEFUNCTION);
static_assert(static_cast<int>(CurlOption::kHeaderFunction) == CURLOPT_HEADERFUNCTION);
static_assert(static_cast<int>(CurlOption::kProgressFunction) == CURLOPT_XFERINFOFUNCTION);
static_assert(static_cast<int>(CurlCode::kCannotResolveProxy) == CURLE_COULDNT_RESOLVE_PROXY);
static_assert(static_cast<int>(CurlCode::kCannotResolve) == CURLE_COULDNT_RESOLVE_HOST);
static_assert(static_cast<int>(CurlCode::kCannotConnect) == CURLE_COULDNT_CONNECT);
static_assert(static_cast<int>(CurlCode::kPartialFile) == CURLE_PARTIAL_FILE);
static_assert(static_cast<int>(CurlCode::kTimedOut) == CURLE_OPERATION_TIMEDOUT);
static_assert(static_cast<int>(CurlCode::kTlsConnect) == CURLE_SSL_CONNECT_ERROR);
static_assert(static_cast<int>(CurlCode::kNothing) == CURLE_GOT_NOTHING);
static_assert(static_cast<int>(CurlCode::kSendError) == CURLE_SEND_ERROR);
static_assert(static_cast<int>(CurlCode::kReceiveError) == CURLE_RECV_ERROR);
static_assert(static_cast<int>(CurlCode::kPeerNotVerified) == CURLE_PEER_FAILED_VERIFICATION);
static_assert(static_cast<int>(CurlCode::kBadCaFile) == CURLE_SSL_CACERT_BADFILE);
static_assert(static_cast<int>(CurlInfo::kResponseCode) == CURLINFO_RESPONSE_CODE);
static_assert(static_cast<int>(CurlInfo::kRetryAfter) == CURLINFO_RETRY_AFTER);
static_assert(static_cast<int>(UrlPart::kUrl) == CURLUPART_URL && static_cast<int>(UrlPart::kHost) == CURLUPART_HOST);
static_assert(static_cast<int>(UrlPart::kScheme) == CURLUPART_SCHEME &&
              static_cast<int>(UrlPart::kPort) == CURLUPART_PORT);
static_assert(static_cast<int>(UrlPart::kPath) == CURLUPART_PATH &&
              static_cast<int>(UrlPart::kQuery) == CURLUPART_QUERY);
static_assert(static_cast<int>(UrlPart::kFragment) == CURLUPART_FRAGMENT);
static_assert(kUrlDefaultPort == CURLU_DEFAULT_PORT && kUrlDisallowUser == CURLU_DISALLOW_USER);
static_assert(kHttp11 == CURL_HTTP_VERSION_1_1 && kHttpAndHttps == (CURLPROTO_HTTP | CURLPROTO_HTTPS));
static_assert(kGlobalDefault == CURL_GLOBAL_DEFAULT && kErrorBytes == CURL_ERROR_SIZE);
#endif

}  // namespace
}  // namespace agront::net
