// SPDX-License-Identifier: Apache-2.0
// Reading JAX checkpoints: joblib dumps of {module: {parameter: array}}.
#pragma once

#include <memory>
#include <string>

#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

/// Supported: joblib.dump (or pickle.dump) of a dict of dicts of arrays, or of a dict of arrays; arrays by
/// joblib (0.10 and later), numpy or jax; not compressed, or compressed with zlib. Names are
/// "module/parameter". Entries come in the order of the file. A plain file is mapped, aligned float32 are
/// views on it (order F as strides). A zlib stream is inflated once when opened, to its end and checksum, and
/// again by Read(): cheap when tensors are read in order, from the start of the file when Read goes back.
/// Memory is that of one array. Refused with Error: gzip, bz2, xz, lzma, lz4 and joblib's older zfile by
/// name; arrays of objects or of big-endian numbers; any value but dicts and arrays; any code but numpy's,
/// jax's and joblib's array builders.
std::unique_ptr<TensorArchive> OpenJoblibCheckpoint(const std::string& path);

}  // namespace agront::formats
