// SPDX-License-Identifier: Apache-2.0
// Small text files, whole.
#pragma once

#include <string>

namespace agront {

/// The bytes of a regular file of at most 64 MB. Read, not mapped: a file that is cut short meanwhile is a short text,
/// and no SIGBUS. Throws Error when it cannot be read.
std::string ReadTextFile(const std::string& path);

}  // namespace agront
