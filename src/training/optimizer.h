// SPDX-License-Identifier: Apache-2.0
// AdamW whose state is cut up over the ranks (ZeRO stage 1: Rajbhandari et al., "ZeRO: memory optimizations toward
// training trillion parameter models", SC 2020): each rank sums the gradients of its part, updates the values of its
// part, and the parts are shared out. One process alone has all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/checkpoints/safetensors_writer.h"
#include "formats/checkpoints/tensor_archive.h"
#include "model/training/training_parameters.h"
#include "ops/adamw/adamw.h"
#include "ranks/communicator.h"
#include "tensor/matrix.h"

namespace agront::training {

/// Thread safety: none; all ranks call the same functions in the same order.
class Optimizer {
 public:
  /// Keeps references to both. Weight decay is for matrices; vectors (biases, LayerNorm) have none.
  Optimizer(model::TrainingParameters& parameters, ranks::Communicator& ranks, const ops::AdamWSettings& settings);

  /// The gradients [first, last) are final on this rank: starts to sum them over the ranks. Every gradient is named
  /// once before Finish.
  void StartSum(int64_t first, int64_t last);

  /// Waits for the sums. Returns the square of the norm of all gradients, over all ranks: not finite when one is not.
  double FinishSums();

  /// Updates the values of all ranks.
  void Update(const ops::AdamWStep& step);

  /// Values in all parts of the state: of each moment.
  int64_t size() const { return bounds_.back(); }

  /// "first_moments" and "second_moments", float32 [size()], whatever the number of ranks. On rank 0 the tensors are
  /// appended to `writer`, on others it is null.
  static std::vector<formats::TensorEntry> StateEntries(int64_t size);
  void Save(formats::SafetensorsWriter* writer);
  /// Throws Error when the archive has not these tensors.
  void Load(const formats::TensorArchive& archive);

 private:
  /// A run of this rank's values that are treated alike.
  struct Segment {
    int64_t value_offset;
    int64_t gradient_offset;
    int64_t size;
    bool decays;
  };

  std::span<float> Part(const tensor::AlignedBuffer<float>& moments) const { return {moments.data(), moments.size()}; }

  model::TrainingParameters& parameters_;
  ranks::Communicator& ranks_;
  ops::AdamWSettings settings_;
  std::vector<int64_t> bounds_;  // of the ranks' parts, in gradients
  std::vector<Segment> segments_;
  std::vector<std::pair<int64_t, std::vector<int64_t>>> shared_values_;  // runs of values: offset, and bounds in them
  std::vector<std::unique_ptr<ranks::Communicator::Pending>> sums_;
  tensor::AlignedBuffer<float> first_moments_;  // of this rank's part
  tensor::AlignedBuffer<float> second_moments_;
};

}  // namespace agront::training
