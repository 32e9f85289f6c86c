// SPDX-License-Identifier: Apache-2.0
// Reading pytorch_model.bin: a zip archive with a pickle and one entry for each storage.
#pragma once

#include <memory>
#include <string>

#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

/// Supported: what torch.save writes since PyTorch 1.6 for a dict (or OrderedDict) of tensors or parameters,
/// with any strides, storage offsets and shared storages; zip entries stored or deflated. Entries come in the
/// order of the dict. Every tensor must lie inside its storage and have at most as many elements; each
/// storage must be as long as its zip entry. Read() streams one storage into memory of its own and checks its
/// CRC; a storage that several tensors share is read once as long as one of them lives. Refused with Error:
/// files of torch.save before 1.6, encrypted or big-endian files, checkpoints that wrap the state dict
/// ("state_dict", "model"), any value that is not a tensor, any code but torch's own tensor builders.
std::unique_ptr<TensorArchive> OpenTorchCheckpoint(const std::string& path);

}  // namespace agront::formats
