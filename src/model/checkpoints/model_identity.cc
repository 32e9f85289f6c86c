// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/model_identity.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "base/error.h"
#include "formats/printable.h"
#include "model/checkpoints/model_hash.h"

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

std::vector<std::string> LineageOf(const Checkpoint& checkpoint) {
  std::vector<std::string> lineage;
  const auto add = [&](const std::string& hash) {
    if (!hash.empty() && std::ranges::find(lineage, hash) == lineage.end()) lineage.push_back(hash);
  };
  if (const ModelHash own = checkpoint.RecordedHash(); !own.of_header) add(own.hex);
  for (const char* key : {kSourceHashKey, kBaseHashKey, kBaseSourceHashKey}) add(TextOf(checkpoint.metadata(), key));
  std::istringstream ancestors(TextOf(checkpoint.metadata(), kAncestorsKey));
  for (std::string hash; ancestors >> hash;) add(hash);
  return lineage;
}

void AddAncestors(const Checkpoint& base, std::map<std::string, std::string>& metadata) {
  if (const auto lineage = LineageOf(base); !lineage.empty())
    metadata[kAncestorsKey] = fmt::format("{}", fmt::join(lineage, " "));
}

}  // namespace agront::model
