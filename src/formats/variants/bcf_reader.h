// SPDX-License-Identifier: Apache-2.0
// Records of BCF, compressed or not.
#pragma once

#include <memory>
#include <string>

#include "formats/variants/variant_reader.h"

struct hFILE;

namespace agront::formats {

/// Takes an open file, whose format was recognised; "-" as `path` is standard input. Throws Error when its header
/// cannot be read or it is cut short.
std::unique_ptr<VariantReader> OpenBcf(hFILE* file, const std::string& path);

/// The bytes of a record.
void AddTo(Sha256& sha, const bcf1_t& record);

}  // namespace agront::formats
