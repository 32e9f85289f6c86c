// SPDX-License-Identifier: Apache-2.0
// Memory in whole pages.
#pragma once

#include <cstdint>
#include <memory>

namespace agront::tensor {

/// `count` zeros, from the system and back to it: malloc would keep freed blocks of this size between those of packed
/// weights, a seventh of the memory of the published model in bfloat16. Throws std::bad_alloc.
std::shared_ptr<float[]> AllocatePages(int64_t count);

}  // namespace agront::tensor
