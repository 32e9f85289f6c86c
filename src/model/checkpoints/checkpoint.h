// SPDX-License-Identifier: Apache-2.0
// A checkpoint that is open for reading: its shape, and its parameters by our names whatever the container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/model_shape.h"
#include "agront/precision.h"
#include "formats/checkpoints/tensor_archive.h"
#include "model/parameters/adapter_weights.h"
#include "model/parameters/parameters.h"
#include "nn/parameter_source.h"

namespace agront::model {

/// How other commands name the model in what they write.
struct ModelHash {
  std::string hex;
  bool of_header = false;  ///< SHA-256 of the file's header, because the file does not record the model's own hash
};

/// Thread safety: none.
class Checkpoint : public nn::ParameterSource {
 public:
  /// Opens a folder: Hugging Face's (config.json beside model.safetensors, model.safetensors.index.json or
  /// pytorch_model.bin), ours with packed weights (packed.safetensors instead), or JAX's (jax_model/hyperparams.json
  /// and pytree_ckpt.joblib). Classifiers and encoders of Hugging Face come without the language-model head; all else
  /// must be there. Throws Error when a parameter is missing, has another shape or is not floating-point, for models
  /// that config.h refuses, for other tokenizers (tokenizer_files.h), and for folders without a model (folder_hint.h).
  static std::unique_ptr<Checkpoint> Open(const std::string& folder);

  /// A model in memory that outlives the checkpoint: the text of config.json and the bytes of model.safetensors.
  static std::unique_ptr<Checkpoint> OpenMemory(const std::string& name, std::string_view config,
                                                std::span<const std::byte> safetensors);

  const ModelShape& shape() const { return shape_; }
  const std::string& path() const { return path_; }
  /// The kind and file that it was read from: "Hugging Face, model.safetensors".
  const std::string& source() const { return source_; }
  /// The number format of the weights, "float32", or several: "bfloat16, float32".
  std::string DTypeNames() const;
  /// Tensors of the file that the model does not use, such as the contact head's.
  std::vector<std::string> UnusedTensors() const;
  /// The precision that the file was made for, when it is one of products alone: its weights are int8 or packed.
  std::optional<Precision> OwnPrecision() const;
  /// The precision that a model of precision `wanted` keeps a matrix in: the head's own outside the blocks, and
  /// bfloat16 where a file made for int8 has one that int8 would damage. Other files do not mark such matrices.
  Precision PrecisionOf(const Parameter& matrix, Precision wanted) const;
  /// Whether it can give logits; classifiers and bare encoders cannot.
  bool HasLanguageModelHead() const { return Has("head.decoder.weight"); }
  /// The tensors as they stand in the file, those of a classifier's head among them.
  const formats::TensorArchive& archive() const { return *archive_; }
  /// The text beside the tensors of a safetensors file.
  const std::map<std::string, std::string>& metadata() const { return archive_->metadata(); }

  /// From now on weights are read with the adapter in them (model/adapters/adapter_files.h reads and checks one).
  void SetAdapter(Adapter adapter) { adapter_ = std::move(adapter); }
  const std::optional<Adapter>& adapter() const { return adapter_; }

  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// The values of the parameter of this name as [rows, cols], a vector as [1, rows].
  ops::WeightView Read(const Parameter& parameter) const;
  /// The same for a matrix of products, in the number format of the file where products take it.
  ops::StoredWeights ReadStored(const Parameter& parameter) const;

  bool Has(const std::string& name) const override { return parameter_of_name_.contains(name); }
  ops::WeightView Weights(const std::string& name, int64_t out, int64_t in) override;
  ops::StoredWeights Stored(const std::string& name, int64_t out, int64_t in) override;
  std::vector<float> Vector(const std::string& name, int64_t size) override;

  /// The recorded hash, or the header's, of the model without the adapter: cheap. ComputeModelHash (model_hash.h) reads
  /// all values, and is that of the model with it.
  ModelHash RecordedHash() const;

 private:
  Checkpoint(std::string path, std::string source, const ModelShape& shape,
             std::unique_ptr<formats::TensorArchive> archive, bool jax);
  /// Tensors that the model would need were its configuration true.
  void RefuseOtherArchitectures() const;
  void CheckShape(const Parameter& parameter, const formats::TensorEntry& entry) const;
  /// Finds the scales of int8 weights.
  void AddScales(const std::map<std::string, size_t>& entry_of_name);
  /// The packed form of a matrix, which must be there.
  ops::PackedView ReadPacked(const Parameter& parameter) const;
  /// In parameters(). Throws Error for a name that is not there.
  size_t IndexOf(const std::string& name) const;
  const Parameter& Find(const std::string& name) const;
  const Parameter& FindMatrix(const std::string& name, int64_t out, int64_t in) const;
  size_t EntryOf(const Parameter& parameter) const;
  ops::Int8WeightView ReadInt8(const Parameter& parameter) const;
  ops::WeightView ReadWithoutAdapter(const Parameter& parameter) const;

  std::string path_;
  std::string source_;
  ModelShape shape_;
  std::unique_ptr<formats::TensorArchive> archive_;
  bool jax_;
  std::optional<Adapter> adapter_;
  std::vector<Parameter> parameters_;
  std::map<std::string, size_t> parameter_of_name_;
  std::vector<size_t> entry_of_parameter_;
  std::map<size_t, size_t> scales_of_entry_;       // entries of int8 weights, and of their scales
  std::map<size_t, std::string> layout_of_entry_;  // entries of packed weights
};

/// The scales of the int8 weights "x.weight" are "x.weight_scale" [out, 1], as in the compressed-tensors format.
inline constexpr char kScaleSuffix[] = "_scale";

/// A packed matrix "x.weight" is the tensor "x.weight_packed.LAYOUT", uint8 [cache lines, 64].
inline constexpr char kPackedMark[] = "_packed.";

/// The file of a model with packed matrices. No other program takes it for one that it can read.
inline constexpr char kPackedFile[] = "packed.safetensors";

/// Whether products are made with it: a matrix that is not a table.
bool IsProductMatrix(const Parameter& parameter);

/// Whether --precision is about it: a matrix of a product in a block.
bool IsBlockMatrix(const Parameter& parameter);

/// Metadata keys of a safetensors file that we write.
inline constexpr char kModelHashKey[] = "agront.model_hash";
inline constexpr char kSourceHashKey[] = "agront.source_model_hash";
inline constexpr char kPackedPrecisionKey[] = "agront.packed_precision";

}  // namespace agront::model
