// SPDX-License-Identifier: Apache-2.0
// Which instructions the kernels use: found at run time in a table of the kinds of processors, and narrowed on request.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace agront::device::cpu {

/// Features of the processor that a kernel may need, as bits.
enum Feature : unsigned {
  kAvx2 = 1,          ///< our floor
  kAvx512 = 2,        ///< vectors of 512 bits
  kBf16Products = 4,  ///< dot products of bfloat16, in vectors of 512 bits
  kFastBf16Dots = 8,  ///< these as many a second as multiply-adds of float32 (instruction_rate_bench.cc)
  kInt8Dots = 16,     ///< dot products of 8 bits (VNNI), in vectors of 512 bits
  kTiles = 32,        ///< bfloat16 and 8 bits in tiles of a whole matrix (AMX)
  kInt8Dots256 = 64,  ///< dot products of 8 bits in vectors of 256 bits: AVX-VNNI, or AVX-512's VNNI in that width
};
using Features = unsigned;

/// A kind of processors, as kernels see them.
struct InstructionSet {
  std::string_view word;  ///< asks for it in AGRONT_CPU
  std::string_view name;  ///< for messages and reports; runs record it, as other kernels give other bits
  Features features;
};

/// Widest first. This processor's is the first whose features it has.
std::span<const InstructionSet> InstructionSets();

/// The instruction set that the kernels use: this processor's, or the one that the environment variable AGRONT_CPU
/// asked for when the program started, to test or to compare. Thread safety: any.
const InstructionSet& ChosenInstructionSet();

/// Whether this processor encodes kInt8Dots256 as AVX-VNNI; else it does as AVX-512.
bool HasAvxVnni();

/// Whether the chosen one has all of these. Tables of kernels ask (ops/matmul/kernel_families.h), nobody else.
inline bool Has(Features features) { return (ChosenInstructionSet().features & features) == features; }

inline std::string InstructionSetName() { return std::string(ChosenInstructionSet().name); }

/// Throws Error on a processor without AVX2, and UsageError when AGRONT_CPU asks for what is not in the table or not in
/// this processor.
void CheckInstructionSet();

}  // namespace agront::device::cpu
