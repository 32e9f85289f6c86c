// SPDX-License-Identifier: Apache-2.0
// The model in training: the computation of model/agront.h on parameters that change, with the loss of the masked
// language model and its gradient. The parameters are never copied whole: each product packs its matrix each time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "agront/precision.h"
#include "model/training/trainable_encoder.h"
#include "model/training/training_parameters.h"

namespace agront::model {

struct TrainingOptions {
  /// bf16 is mixed precision: the operands of each product are rounded, while parameters, sums, gradients and all
  /// between products stay float32. Only on processors that multiply bf16.
  Precision products = Precision::kFp32;
  /// Keeps each block's input only and recomputes the block in the backward pass: the same bits, a quarter more time,
  /// an eighth of the memory for activations.
  bool recompute = false;
  /// Which parameters get gradients, by Parameter::name; all when empty. Those that do not cost no memory and no
  /// products, and the backward pass ends at the lowest block (or the embeddings) that has one.
  std::function<bool(const std::string& name)> is_trainable = {};
};

/// Packed sequences, and what should stand in some of their rows.
struct LossBatch {
  Batch batch;
  std::vector<int64_t> rows;     ///< of the batch, in any order
  std::vector<int32_t> targets;  ///< the true token of each row
  std::vector<float> weights;    ///< of each row's loss in the sum
};

struct LossOutput {
  double loss = 0;                 ///< sum over i of weights[i] losses[i]
  int64_t correct = 0;             ///< rows whose likeliest token is the target
  std::vector<float> losses;       ///< -ln p(target) of each row
  std::vector<int32_t> predicted;  ///< the likeliest token of each row; the first of several
};

/// Thread safety: one call at a time (each uses all threads). With products in fp32 the results do not
/// depend on the number of threads.
class TrainableAgroNT {
 public:
  /// The parameters have no meaning before parameters().Load or InitializeRandomly.
  TrainableAgroNT(const ModelShape& shape, const TrainingOptions& options);
  ~TrainableAgroNT();
  TrainableAgroNT(TrainableAgroNT&&) noexcept;
  TrainableAgroNT& operator=(TrainableAgroNT&&) noexcept;

  const ModelShape& shape() const { return parameters_->shape(); }
  TrainingParameters& parameters() { return *parameters_; }
  const TrainingParameters& parameters() const { return *parameters_; }

  /// The forward pass alone, for validation. Throws UsageError when rows, targets or weights do not fit the batch,
  /// Error for tokens outside the vocabulary or a sequence that is too long.
  void Loss(const LossBatch& batch, LossOutput& output);

  /// Adds the gradient of `output.loss` to parameters().gradients(), so that a step may have many batches. Numbers that
  /// are not finite are not checked for: the caller looks at the gradients.
  void AddGradients(const LossBatch& batch, LossOutput& output, const GradientsReady& ready = {});

 private:
  class Pass;

  std::unique_ptr<TrainingParameters> parameters_;
  std::unique_ptr<Pass> pass_;
};

/// Bytes of activations and scratch of a model in training: parameters and gradients not counted. An estimate for
/// planning, from above.
int64_t ActivationBytes(const ModelShape& shape, const TrainingOptions& options, int64_t tokens, int64_t loss_rows);

}  // namespace agront::model
