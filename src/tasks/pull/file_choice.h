// SPDX-License-Identifier: Apache-2.0
// Which files of a repository a model needs.
#pragma once

#include <string>
#include <vector>

#include "tasks/pull/repository.h"

namespace agront::pull {

/// Configuration, vocabulary, the card and the licence, and one form of the weights, the last: safetensors, whole or in
/// parts, else pytorch_model.bin, else packed.safetensors, else JAX's. For the published model, the files whose
/// checksums are known here, and no other weights. Never code. Throws Error where there are no weights that we read, or
/// where the hub lists the published model with other contents. `place` begins the message.
std::vector<RemoteFile> ChooseFiles(const std::vector<RemoteFile>& files, bool is_published, const std::string& place);

/// Files that hold weights.
bool IsWeights(std::string_view path);

}  // namespace agront::pull
