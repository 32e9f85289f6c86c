// SPDX-License-Identifier: Apache-2.0
// Which vector instructions the kernels use: found at run time, and narrowed on request.
#pragma once

#include <string>

namespace agront::device::cpu {

/// Throws Error on a processor without AVX2, and UsageError when the environment variable AGRONT_CPU asks for something
/// else than AVX2. AGRONT_CPU=avx2 keeps oneDNN and our own kernels to AVX2 on a wider processor, to test or to
/// compare.
void CheckInstructionSet();

/// Whether the vectors are those of AVX2: there our own matrix products serve better than oneDNN's.
bool HasOnlyAvx2();

/// Whether the processor multiplies bfloat16 itself.
bool HasBf16Products();

/// Whether it does so in tiles of a whole matrix (AMX).
bool HasTiles();

/// What the kernels use: "AVX2", "AVX-512", "AVX-512 with VNNI and bf16" or "AVX-512 with AMX".
std::string InstructionSetName();

}  // namespace agront::device::cpu
