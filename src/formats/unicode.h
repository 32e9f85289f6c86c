// SPDX-License-Identifier: Apache-2.0
// UTF-8 to code points, as NumPy stores text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agront::formats {

/// The code point that begins at byte `at`, which moves behind it; nothing when it is malformed, and `at` is anywhere
/// then. There must be a byte.
std::optional<char32_t> NextPoint(std::string_view text, size_t& at);

/// The code points of UTF-8 text; nothing when it is malformed (overlong forms and surrogates are).
std::optional<std::u32string> DecodeUtf8(std::string_view text);

/// The text with every byte but printable ASCII as \\xHH: for what may be no UTF-8 at all.
std::string EscapedBytes(std::string_view text);

}  // namespace agront::formats
