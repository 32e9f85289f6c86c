// SPDX-License-Identifier: Apache-2.0
// Small files of tensors, adapters and heads, read and written whole and checked name by name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/checkpoints/tensor_archive.h"
#include "model/parameters/parameters.h"

namespace agront::model {

/// A vector or a matrix, row by row.
struct NamedTensor {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

/// [rows, cols], or [rows] of a vector.
std::vector<int64_t> ShapeOf(const Parameter& parameter);

/// A tensor of a file, by its place in the entries. Throws Error, naming file and tensor, unless it is a vector or a
/// matrix of finite floating-point numbers.
NamedTensor ReadTensor(const formats::TensorArchive& archive, size_t entry);

/// The tensors of a file, each taken once. Every call throws Error for one that is missing or has
/// another shape, and as ReadTensor does.
class NamedTensors {
 public:
  /// `canonical` gives the names by which tensors are found.
  explicit NamedTensors(std::unique_ptr<formats::TensorArchive> archive,
                        const std::function<std::string(std::string_view)>& canonical = {});

  const std::string& path() const { return archive_->path(); }
  const std::map<std::string, std::string>& metadata() const { return archive_->metadata(); }
  bool Has(const std::string& name) const { return entry_of_name_.contains(name); }
  const std::vector<int64_t>& ShapeOf(const std::string& name) const;

  NamedTensor Take(const std::string& name);
  std::vector<float> Take(const std::string& name, const std::vector<int64_t>& shape);

  /// The first tensor, by name, of those that nobody took and whose names begin so.
  std::optional<std::string> Left(std::string_view prefix = "") const;
  /// Throws Error when one is left.
  void RefuseRest(std::string_view expected) const;

 private:
  size_t Find(const std::string& name) const;

  std::unique_ptr<formats::TensorArchive> archive_;
  std::map<std::string, size_t> entry_of_name_;
};

/// The values of a parameter among those by name. Throws Error, beginning with `place`, when they are missing or of
/// another number.
std::span<const float> ValuesOf(const std::map<std::string, std::vector<float>>& values, const Parameter& parameter,
                                const std::string& place);

struct NamedValues {
  std::string name;
  std::vector<int64_t> shape;
  std::span<const float> values;
};

/// Writes a safetensors file in float32, in the place of an old one. Adds "format" to `metadata`, which Hugging Face's
/// libraries need.
void WriteTensors(const std::string& path, const std::vector<NamedValues>& tensors,
                  std::map<std::string, std::string> metadata);

}  // namespace agront::model
