// SPDX-License-Identifier: Apache-2.0
// Small text files, whole.
#pragma once

#include <string>

namespace agront {

/// The bytes of a file of at most 64 MB. Throws Error when it cannot be read.
std::string ReadTextFile(const std::string& path);

}  // namespace agront
