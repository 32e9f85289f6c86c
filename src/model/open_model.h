// SPDX-License-Identifier: Apache-2.0
// Models by folder or name; among them the small one inside the program, so that everything runs at once and offline.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/embedded_name.h"

namespace agront::model {

/// A folder, else the embedded model by its name or by an empty string, else one that was fetched (pulled_model.h).
std::unique_ptr<Checkpoint> OpenModel(const std::string& name);

/// The same with the adapter of a folder in it (model/adapters/adapter_files.h), unless `adapter` is empty.
std::unique_ptr<Checkpoint> OpenModel(const std::string& name, const std::string& adapter);

/// Whether these are the embedded model's weights, wherever they come from and in whatever precision, or were made from
/// them, as far as files record it (LineageOf).
bool IsExample(const Checkpoint& checkpoint);

/// Adds to the metadata of a model that is made from `base` what it descends from, and a note where that is the
/// example.
void AddDescent(const Checkpoint& base, std::map<std::string, std::string>& metadata);

/// Whether OpenModel gives the embedded model for this name.
bool IsEmbedded(const std::string& name);

}  // namespace agront::model
