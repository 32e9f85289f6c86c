// SPDX-License-Identifier: Apache-2.0
#include "model/model_identity.h"

#include "base/error.h"
#include "formats/printable.h"
#include "model/model_hash.h"

namespace agront::model {
namespace {

std::string TextOf(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

}  // namespace

ModelIdentity IdentityOf(const Checkpoint& checkpoint) {
  const ModelHash recorded = checkpoint.RecordedHash();
  return {recorded.of_header ? ComputeModelHash(checkpoint) : recorded.hex,
          TextOf(checkpoint.metadata(), kSourceHashKey)};
}

bool IsSameModel(const ModelIdentity& one, const ModelIdentity& other) {
  const auto original = [](const ModelIdentity& model) {
    return model.source_hash.empty() ? model.hash : model.source_hash;
  };
  return one.hash == other.hash || original(one) == original(other);
}

void AddBaseModel(const ModelIdentity& base, std::map<std::string, std::string>& metadata) {
  metadata[kBaseHashKey] = base.hash;
  if (!base.source_hash.empty()) metadata[kBaseSourceHashKey] = base.source_hash;
}

void CheckBaseModel(const std::string& what, const std::map<std::string, std::string>& metadata,
                    const Checkpoint& base) {
  const ModelIdentity expected{TextOf(metadata, kBaseHashKey), TextOf(metadata, kBaseSourceHashKey)};
  if (expected.hash.empty()) return;
  const ModelIdentity got = IdentityOf(base);
  if (!IsSameModel(expected, got))
    Fail("{} of another base model: expected the model with hash {}, got {} of {}", what,
         formats::Printable(expected.hash), got.hash, base.path());
}

}  // namespace agront::model
