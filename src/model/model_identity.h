// SPDX-License-Identifier: Apache-2.0
// Which model an adapter or a head belongs to, recorded beside its tensors.
#pragma once

#include <map>
#include <string>

#include "model/checkpoint.h"

namespace agront::model {

/// By what a model is known: its hash (model_hash.h), and that of the model that it was converted from, or nothing.
struct ModelIdentity {
  std::string hash;
  std::string source_hash;
};

/// `checkpoint` has no adapter set. Reads all weights where the file does not record its hash.
ModelIdentity IdentityOf(const Checkpoint& checkpoint);

/// Whether one is the other, or converted from it, or both are from a third.
bool IsSameModel(const ModelIdentity& one, const ModelIdentity& other);

/// Metadata of a safetensors file: of which model it changes or continues the outputs.
inline constexpr char kBaseHashKey[] = "agront.base_model_hash";
inline constexpr char kBaseSourceHashKey[] = "agront.base_source_model_hash";

void AddBaseModel(const ModelIdentity& base, std::map<std::string, std::string>& metadata);

/// Throws Error when the metadata tell another base model than `base`; files of other programs tell none. `what` begins
/// the message: "DIR/adapter_model.safetensors: an adapter".
void CheckBaseModel(const std::string& what, const std::map<std::string, std::string>& metadata,
                    const Checkpoint& base);

}  // namespace agront::model
