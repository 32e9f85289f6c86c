// SPDX-License-Identifier: Apache-2.0
// Pixels as a PNG (libpng's), for pages that hold everything in one file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace agront::plot {

/// `rgb` has width x height x 3 bytes, row by row from the top. Base64 text of the PNG file.
std::string EncodePngBase64(std::span<const uint8_t> rgb, int64_t width, int64_t height);

}  // namespace agront::plot
