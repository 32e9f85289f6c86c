// SPDX-License-Identifier: Apache-2.0
#include "net/curl_library.h"

#include <dlfcn.h>

#include <string>

#include "agront/printable.h"
#include "base/error.h"

namespace agront::net {
namespace {

constexpr char kPackages[] = "install libcurl (Debian and Ubuntu: libcurl4; Fedora and RHEL: libcurl; conda: libcurl)";

/// The libraries of Debian's packages libcurl4, whose name others share, and libcurl3-gnutls.
void* Open(std::string& reason) {
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"}) {
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) return library;
    if (reason.empty()) reason = Printable(dlerror());
  }
  return nullptr;
}

template <class Function>
void Find(void* library, const char* name, Function& function) {
  void* symbol = dlsym(library, name);
  if (symbol == nullptr) Fail("libcurl: expected version 7.62 or a later one, got one without {}; {}", name, kPackages);
  function = reinterpret_cast<Function>(symbol);
}

CurlLibrary Load() {
  std::string reason;
  void* library = Open(reason);
  if (library == nullptr) Fail("{}: a model is fetched by libcurl: {}", reason, kPackages);
  CurlLibrary curl{};
  Find(library, "curl_global_init", curl.global_init);
  Find(library, "curl_easy_init", curl.easy_init);
  Find(library, "curl_easy_setopt", curl.easy_setopt);
  Find(library, "curl_easy_perform", curl.easy_perform);
  Find(library, "curl_easy_getinfo", curl.easy_getinfo);
  Find(library, "curl_easy_reset", curl.easy_reset);
  Find(library, "curl_easy_cleanup", curl.easy_cleanup);
  Find(library, "curl_easy_strerror", curl.easy_strerror);
  Find(library, "curl_slist_append", curl.slist_append);
  Find(library, "curl_slist_free_all", curl.slist_free_all);
  Find(library, "curl_url", curl.url);
  Find(library, "curl_url_cleanup", curl.url_cleanup);
  Find(library, "curl_url_set", curl.url_set);
  Find(library, "curl_url_get", curl.url_get);
  Find(library, "curl_free", curl.free);
  if (curl.global_init(kGlobalDefault) != CurlCode::kOk) Fail("libcurl: it refused to start");
  return curl;
}

}  // namespace

const CurlLibrary& Curl() {
  static const CurlLibrary library = Load();  // tried again the next time when it throws
  return library;
}

}  // namespace agront::net
