// SPDX-License-Identifier: Apache-2.0
// All parameters of a model in training: the values in one flat float32 buffer, the gradients in another.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "agront/model_shape.h"
#include "model/checkpoint.h"
#include "model/parameters.h"
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

/// The values lie in the order of Parameters(shape), without gaps; the gradients in the same order, without those of
/// frozen parameters. When nothing is frozen, the offsets are equal.
/// Thread safety: none.
class TrainingParameters final : public nn::training::ParameterBuffers {
 public:
  /// `is_trainable` chooses by Parameter::name; all are trainable when it is empty. Values have no meaning before
  /// Load or InitializeRandomly; gradients are zero. Throws Error for a shape that no model has.
  TrainingParameters(const ModelShape& shape, const std::function<bool(const std::string& name)>& is_trainable);

  const ModelShape& shape() const { return shape_; }
  std::span<const PlacedParameter> table() const { return table_; }
  /// Rising, none adjacent to the next.
  std::span<const TrainableRange> trainable_ranges() const { return ranges_; }

  std::span<float> values() { return {values_.data(), values_.size()}; }
  std::span<const float> values() const { return {values_.data(), values_.size()}; }
  std::span<float> gradients() { return {gradients_.data(), gradients_.size()}; }

  /// Copies all values, whatever their format. Throws Error when the checkpoint's shape is another.
  void Load(const Checkpoint& checkpoint);

  /// As transformers initialises an ESM model: weights and tables normal(0, 0.02) with a zero row for padding, scales
  /// 1, offsets and biases 0. A value depends on the seed and its place only (base/normal.h).
  void InitializeRandomly(uint64_t seed);

  void ZeroGradients();

  /// The gradients of the parameters whose names begin with `prefix`; they lie side by side. {first, last}, equal when
  /// there are none.
  std::pair<int64_t, int64_t> GradientRange(const std::string& prefix) const;

  nn::training::TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) override;

 private:
  ModelShape shape_;
  std::vector<PlacedParameter> table_;
  std::vector<TrainableRange> ranges_;
  std::map<std::string, size_t> index_of_name_;
  tensor::AlignedBuffer<float> values_;
  tensor::AlignedBuffer<float> gradients_;
};

}  // namespace agront::model
