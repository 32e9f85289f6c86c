// SPDX-License-Identifier: Apache-2.0
#include "hub/file_sum.h"

#include <openssl/evp.h>

#include <array>

#include "base/error.h"

namespace agront::hub {

class SumCheck::Digest {
 public:
  explicit Digest(const EVP_MD* kind) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (EVP_DigestInit_ex(context_.get(), kind, nullptr) != 1) Fail("checksum: OpenSSL refused to start");
  }

  void Update(std::span<const std::byte> bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) Fail("checksum: OpenSSL failed");
  }

  std::string Hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) Fail("checksum: OpenSSL failed");
    std::string hex;
    for (const unsigned char byte : std::span(digest).first(size)) hex += fmt::format("{:02x}", byte);
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

SumCheck::SumCheck(const FileSum& expected) : expected_(expected) {
  if (!expected.sha256.empty()) sha256_ = std::make_unique<Digest>(EVP_sha256());
  if (expected.git_sha1.empty()) return;
  git_sha1_ = std::make_unique<Digest>(EVP_sha1());
  const std::string header = fmt::format("blob {}", expected.size);
  git_sha1_->Update(std::as_bytes(std::span(header.c_str(), header.size() + 1)));
}

SumCheck::~SumCheck() = default;
SumCheck::SumCheck(SumCheck&& other) noexcept = default;
SumCheck& SumCheck::operator=(SumCheck&& other) noexcept = default;

void SumCheck::Update(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  if (sha256_ != nullptr) sha256_->Update(bytes);
  if (git_sha1_ != nullptr) git_sha1_->Update(bytes);
}

std::string SumCheck::Difference() {
  if (expected_.size >= 0 && size_ != static_cast<uint64_t>(expected_.size))
    return fmt::format("expected {} bytes, got {}", expected_.size, size_);
  if (sha256_ != nullptr)
    if (const std::string got = sha256_->Hex(); got != expected_.sha256)
      return fmt::format("expected SHA-256 {}, got {}", expected_.sha256, got);
  if (git_sha1_ != nullptr)
    if (const std::string got = git_sha1_->Hex(); got != expected_.git_sha1)
      return fmt::format("expected git's SHA-1 {}, got {}", expected_.git_sha1, got);
  return "";
}

}  // namespace agront::hub
