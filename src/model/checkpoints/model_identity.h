// SPDX-License-Identifier: Apache-2.0
// Which model an adapter or a head belongs to, recorded beside its tensors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/checkpoints/checkpoint.h"

namespace agront::model {

/// What a model is known by: its hash (model_hash.h), and that of the model that it was converted from, or nothing.
struct ModelIdentity {
  std::string hash;
  std::string source_hash;
};

/// `checkpoint` has no adapter set. Reads all weights where the file does not record its hash.
ModelIdentity IdentityOf(const Checkpoint& checkpoint);

/// Whether one is the other, or converted from it, or both are from a third.
bool IsSameModel(const ModelIdentity& one, const ModelIdentity& other);

/// Metadata of a safetensors file: the model that it changes, or whose outputs it continues.
inline constexpr char kBaseHashKey[] = "agront.base_model_hash";
inline constexpr char kBaseSourceHashKey[] = "agront.base_source_model_hash";

void AddBaseModel(const ModelIdentity& base, std::map<std::string, std::string>& metadata);

/// Throws Error when the metadata name another base model than `base`; files of other programs name none. `what` begins
/// the message: "DIR/adapter_model.safetensors: an adapter".
void CheckBaseModel(const std::string& what, const std::map<std::string, std::string>& metadata,
                    const Checkpoint& base);

/// Metadata of a safetensors file: the hashes of all models that it was made from, by training or merging, with spaces
/// between them.
inline constexpr char kAncestorsKey[] = "agront.ancestors";

/// Metadata: a sentence about the model that must not be overlooked.
inline constexpr char kNoteKey[] = "agront.note";

/// The hashes of a model and of all that it was made from, as far as its file records them. Cheap.
std::vector<std::string> LineageOf(const Checkpoint& checkpoint);

/// Adds the ancestors of a model that is made from `base`.
void AddAncestors(const Checkpoint& base, std::map<std::string, std::string>& metadata);

}  // namespace agront::model
