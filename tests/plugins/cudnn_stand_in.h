// SPDX-License-Identifier: Apache-2.0
// What cuDNN's attention is said to compute, in plain ops, for tests on plugins that do not have it.
#pragma once

#include <string>
#include <string_view>

namespace agront {

/// The program with its calls of cuDNN's attention as calls of a function of its own. With `ignores_mask` all tokens of
/// a row see each other there.
std::string WithoutCudnn(std::string_view module_text, bool ignores_mask);

}  // namespace agront
