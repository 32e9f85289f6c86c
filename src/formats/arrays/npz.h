// SPDX-License-Identifier: Apache-2.0
// Writing NumPy's .npz, a zip archive of arrays.
#pragma once

#include <memory>
#include <string>

#include "formats/arrays/array_writer.h"

namespace agront::formats {

/// float32 becomes '<f4', int64 '<i8', text '<U{n}' with n the code points of the longest row (at least 1; as
/// everywhere in NumPy, NUL characters at the end of a text are lost). A provenance that is not empty becomes
/// an array `provenance` without dimensions: one JSON object as text. numpy.load opens the file with
/// allow_pickle=False. Equal content gives equal bytes.
std::unique_ptr<ArrayWriter> CreateNpz(const std::string& path, const ArrayWriterOptions& options);

}  // namespace agront::formats
