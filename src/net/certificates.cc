// SPDX-License-Identifier: Apache-2.0
#include "net/certificates.h"

#include <filesystem>

#include "agront/printable.h"
#include "base/error.h"

namespace agront::net {
namespace {

namespace fs = std::filesystem;

/// Debian and its kin, Fedora and RHEL, SUSE, RHEL's older path, Alpine and BSD.
constexpr const char* kBundles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                    "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                    "/etc/ssl/cert.pem"};

bool IsFile(const std::string& path) {
  std::error_code unknown;
  return fs::is_regular_file(path, unknown);
}

bool IsFolder(const std::string& path) {
  std::error_code unknown;
  return fs::is_directory(path, unknown);
}

}  // namespace

Certificates FindCertificates(const Environment& environment, const std::string& root) {
  Certificates found;
  found.folder = environment("SSL_CERT_DIR");
  if (!found.folder.empty() && !IsFolder(found.folder))
    Fail("SSL_CERT_DIR: {}: expected a folder of certificates", Printable(found.folder));
  for (const char* name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
    const std::string path = environment(name);
    if (path.empty()) continue;
    if (IsFolder(path) && found.folder.empty())
      found.folder = path;
    else if (IsFile(path))
      found.file = path;
    else
      Fail("{}: {}: expected a file of certificates (PEM)", name, Printable(path));
    return found;
  }
  if (!found.folder.empty()) return found;
  if (const std::string conda = environment("CONDA_PREFIX"); !conda.empty() && IsFile(conda + "/ssl/cacert.pem"))
    return {.file = conda + "/ssl/cacert.pem", .folder = ""};
  for (const char* bundle : kBundles)
    if (IsFile(root + bundle)) return {.file = root + bundle, .folder = ""};
  return found;
}

}  // namespace agront::net
