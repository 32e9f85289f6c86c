// SPDX-License-Identifier: Apache-2.0
#include "net/certificates.h"

#include <gtest/gtest.h>

#include <map>

#include "base/test_folder.h"

namespace agront::net {
namespace {

Environment Of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

TEST(Certificates, OfTheSystemWhereverItKeepsThem) {
  const TestFolder root;
  const std::vector<std::string> worst_first = {
      "/etc/ssl/cert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
      "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"};
  EXPECT_EQ(FindCertificates(Of({}), root.path()).file, "");
  for (const std::string& path : worst_first) {
    root.Write(path, "PEM");
    EXPECT_EQ(FindCertificates(Of({}), root.path()).file, root.path() + path);
  }
}

TEST(Certificates, VariablesWin) {
  const TestFolder root;
  root.Write("etc/ssl/cert.pem", "PEM");
  const std::string mine = root.Write("mine.pem", "PEM"), others = root.Write("others.pem", "PEM");
  const std::string conda = root.Write("conda/ssl/cacert.pem", "PEM");
  const auto find = [&](const std::map<std::string, std::string>& variables) {
    return FindCertificates(Of(variables), root.path()).file;
  };
  EXPECT_EQ(find({{"SSL_CERT_FILE", mine}, {"REQUESTS_CA_BUNDLE", others}}), mine);
  EXPECT_EQ(find({{"REQUESTS_CA_BUNDLE", others}, {"CONDA_PREFIX", root.path("conda")}}), others);
  EXPECT_EQ(find({{"CONDA_PREFIX", root.path("conda")}}), conda);
  EXPECT_EQ(find({{"CONDA_PREFIX", root.path("nowhere")}}), root.path("etc/ssl/cert.pem"));
  const Certificates folder = FindCertificates(Of({{"SSL_CERT_DIR", root.path()}}), root.path());
  EXPECT_EQ(folder.folder, root.path());
  EXPECT_EQ(folder.file, "");
  ExpectError([&] { find({{"SSL_CERT_FILE", root.path("none")}}); }, "SSL_CERT_FILE: ");
  ExpectError([&] { find({{"SSL_CERT_DIR", mine}}); }, "SSL_CERT_DIR: ");
}

}  // namespace
}  // namespace agront::net
