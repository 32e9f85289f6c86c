// SPDX-License-Identifier: Apache-2.0
// Where the certificates are by which servers are trusted.
#pragma once

#include <string>

#include "base/environment.h"

namespace agront::net {

struct Certificates {
  std::string file;    ///< of PEM; empty: where libcurl looks by itself
  std::string folder;  ///< of hashed files, beside or instead of the file
};

/// The certificates of SSL_CERT_FILE and SSL_CERT_DIR, else of REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE, else of the conda
/// environment (CONDA_PREFIX), else of the system: a libcurl that was built elsewhere looks in the wrong place. `root`
/// is where the system's files are, for tests. Throws Error when a variable names a missing file.
Certificates FindCertificates(const Environment& environment, const std::string& root = "");

}  // namespace agront::net
