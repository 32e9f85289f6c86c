// SPDX-License-Identifier: Apache-2.0
// The parameters of a model in training: the values in one flat float32 buffer, the gradients in another.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "agront/model_shape.h"
#include "formats/checkpoints/tensor_archive.h"
#include "model/checkpoints/checkpoint.h"
#include "model/parameters/parameters.h"
#include "nn/training/parameter_buffers.h"
#include "tensor/matrix.h"

namespace agront::model {

/// Where a parameter lies, in values.
struct PlacedParameter {
  Parameter parameter;
  int64_t value_offset = 0;
  int64_t gradient_offset = 0;  ///< where the gradient of the next trainable parameter begins, when frozen
  bool is_frozen = false;
};

/// A run of values whose gradients are a run, too: what an optimizer loops over.
struct TrainableRange {
  int64_t value_offset = 0;
  int64_t gradient_offset = 0;
  int64_t size = 0;
};

/// Called when the gradients [first, last) of the flat buffer are final for this batch: first those of the head and the
/// final LayerNorm, then block by block from the last, then the embeddings. The backward pass waits for it to return.
using GradientsReady = std::function<void(int64_t first, int64_t last)>;

/// Chooses by Parameter::name; empty: all.
using IsTrainable = std::function<bool(const std::string& name)>;

/// The values lie in the order of the parameters, without gaps; the gradients in the same order, without those of
/// frozen parameters. When nothing is frozen, the offsets are equal.
/// Thread safety: none.
class TrainingParameters final : public nn::training::ParameterBuffers {
 public:
  /// The parameters of a model by itself: Parameters(shape). Values have no meaning before Load or InitializeRandomly;
  /// gradients are zero. Throws Error for a shape that no model has.
  TrainingParameters(const ModelShape& shape, const IsTrainable& is_trainable);
  /// The same of some parameters, perhaps with others beside (an adapter's, a head's).
  TrainingParameters(const ModelShape& shape, const std::vector<Parameter>& parameters,
                     const IsTrainable& is_trainable);

  const ModelShape& shape() const { return shape_; }
  std::span<const PlacedParameter> table() const { return table_; }
  /// Rising, none adjacent to the next.
  std::span<const TrainableRange> trainable_ranges() const { return ranges_; }

  std::span<float> values() { return {values_.data(), values_.size()}; }
  std::span<const float> values() const { return {values_.data(), values_.size()}; }
  std::span<float> gradients() { return {gradients_.data(), gradients_.size()}; }

  bool Contains(const std::string& name) const { return index_of_name_.contains(name); }
  /// Throws Error when there is no such parameter.
  std::span<float> ValuesOf(const std::string& name);

  /// Copies the values of a model's own parameters, whatever their format. Throws Error when the checkpoint's shape is
  /// another.
  void Load(const Checkpoint& checkpoint);
  /// Copies all values, by Hugging Face's names: what WriteTrainedWeights wrote. Throws Error when a parameter is
  /// missing or has another shape.
  void Load(const formats::TensorArchive& archive);

  /// As transformers initialises an ESM model: weights and tables normal(0, 0.02) with a zero row for padding, scales
  /// 1, offsets and biases 0. A value depends on the seed and its place only (base/normal.h).
  void InitializeRandomly(uint64_t seed);

  void ZeroGradients();

  /// Calls `ready`, if there is one, with the gradients of the parameters whose names begin with one of `prefixes`:
  /// they lie side by side. Not when there are none.
  void TellReady(std::initializer_list<std::string> prefixes, const GradientsReady& ready) const;

  nn::training::TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) override;

 private:
  const PlacedParameter& Placed(const std::string& name) const;

  ModelShape shape_;
  std::vector<PlacedParameter> table_;
  std::vector<TrainableRange> ranges_;
  std::map<std::string, size_t> index_of_name_;
  tensor::AlignedBuffer<float> values_;
  tensor::AlignedBuffer<float> gradients_;
};

}  // namespace agront::model
