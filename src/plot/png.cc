// SPDX-License-Identifier: Apache-2.0
#include "plot/png.h"

#include <openssl/evp.h>
#include <png.h>

#include <vector>

#include "base/error.h"

namespace agront::plot {

std::string EncodePngBase64(std::span<const uint8_t> rgb, int64_t width, int64_t height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, rgb.data(), 0, nullptr) == 0) Fail("png: {}", image.message);
  std::vector<unsigned char> file(size);
  if (png_image_write_to_memory(&image, file.data(), &size, 0, rgb.data(), 0, nullptr) == 0)
    Fail("png: {}", image.message);
  std::string text((size + 2) / 3 * 4 + 1, '\0');  // and the NUL that OpenSSL writes
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), file.data(), static_cast<int>(size));
  text.resize(static_cast<size_t>(length));
  return text;
}

}  // namespace agront::plot
