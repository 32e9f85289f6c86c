// SPDX-License-Identifier: Apache-2.0
// Reading Python pickles as data: the opcodes that checkpoints use, of protocols 0 to 5, executing nothing.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "base/sha256.h"
#include "formats/checkpoints/byte_reader.h"
#include "formats/checkpoints/pickle_value.h"

namespace agront::formats {

struct PickleOptions {
  /// "module.name" of everything that the pickle may mention.
  std::span<const std::string_view> allowed_globals;

  /// Called after each BUILD with the object that it completes. May read bytes that follow:
  /// joblib puts the values of an array there.
  std::function<void(const PickleTree& tree, PickleId object)> after_build = {};

  /// Gets every byte of the pickle but the content of large strings; may be null.
  Sha256* hash = nullptr;
};

/// Reads one pickle up to its STOP. Memory is bounded whatever the input says: at most 2^19 values and 2^24
/// opcodes, and strings of more than 64 KiB are skipped, only their place is kept. Throws Error that names
/// the byte of the opcode: for a global that is not allowed (by name), an opcode that checkpoints do not
/// need, an int of more than 64 bits, operands of a wrong kind, or when the data end.
PickleTree ReadPickle(ByteReader& reader, const PickleOptions& options);

}  // namespace agront::formats
