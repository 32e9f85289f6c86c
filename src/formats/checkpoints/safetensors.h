// SPDX-License-Identifier: Apache-2.0
// Reading one .safetensors file, or the same bytes from memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

/// Headers above this are refused, as the format's own library does.
inline constexpr uint64_t kMaxSafetensorsHeader = 100'000'000;

/// Supported: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL; gaps between tensors; one empty or several tensors
/// without elements. Tensors of another dtype are there as DType::kOther, for files have some that nobody needs.
/// Refused with Error: tensors that overlap or leave the file, the same name twice, and what is another kind of file.
/// The file is mapped; F32 whose data are 4-byte aligned are views on it.
std::unique_ptr<TensorArchive> OpenSafetensors(const std::string& path);

/// The same from bytes that outlive the archive and all its values (a model inside the program). `name`
/// stands for the path in messages. Nothing is copied that is aligned F32, and no page is given back.
std::unique_ptr<TensorArchive> OpenSafetensors(std::span<const std::byte> bytes, std::string name);

}  // namespace agront::formats
