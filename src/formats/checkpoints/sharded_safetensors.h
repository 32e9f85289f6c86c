// SPDX-License-Identifier: Apache-2.0
// Reading a checkpoint that is spread over several .safetensors files.
#pragma once

#include <memory>
#include <string>

#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

/// Opens a `*.safetensors.index.json`: its "weight_map" names the shard of each tensor. Shards are files in
/// the same folder (names with a path separator are refused). Every tensor of the map must be in the shard
/// that it names. A tensor that stands in several shards is the one of the shard that the map names; tensors that the
/// map leaves out are refused. Entries come shard after shard, in the order of the file names. metadata() holds what
/// the index's own "metadata" has as strings or numbers.
std::unique_ptr<TensorArchive> OpenShardedSafetensors(const std::string& index_path);

}  // namespace agront::formats
