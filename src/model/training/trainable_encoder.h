// SPDX-License-Identifier: Apache-2.0
// Embeddings and encoder blocks in training: from tokens to the residual stream after the last block, at the rows that
// are asked for, and back. What stands on top (model/training/trainable_agront.h,
// model/training/trainable_task_model.h) makes the loss.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "agront/precision.h"
#include "nn/training/embedding.h"
#include "nn/training/encoder_block.h"
#include "nn/training/parameter_buffers.h"
#include "nn/training/workspace.h"
#include "tensor/matrix.h"

namespace agront::model {

/// Thread safety: one call at a time (each uses all threads). With products in fp32 the results do not
/// depend on the number of threads.
class TrainableEncoder {
 public:
  /// Whether a forward pass keeps what Backward needs.
  enum class Keep { kNothing, kForBackward };

  /// `products`: fp32, or bf16 on a processor that has it (ops/linear/linear_scratch.h). `recompute`: keeps each
  /// block's input only and recomputes the block in the backward pass, to the same bits.
  TrainableEncoder(nn::training::ParameterBuffers& buffers, const ModelShape& shape, Precision products,
                   bool recompute);

  /// Returns the residual stream [rows, C] after the last block at these rows of the batch, until the next call. The
  /// rows may come in any order and repeat. Throws UsageError when the offsets do not fit, Error for tokens outside the
  /// vocabulary or a sequence that is too long.
  tensor::ConstMatrixView Forward(const Batch& batch, std::span<const int64_t> rows, Keep keep);

  /// After Forward(batch, rows, kForBackward), from the gradient [rows, C] of its result, which is overwritten. Ends at
  /// the lowest block (or the embeddings) that is trained, and reports by prefix ("encoder.block.3.", "embedding.")
  /// which parameters' gradients are final.
  void Backward(const Batch& batch, std::span<const int64_t> rows, tensor::MatrixView grad,
                const std::function<void(const std::string& prefix)>& is_final);

  /// Whether nothing below the final LayerNorm is trained.
  bool is_frozen() const { return first_trained_ == shape_.layers; }

  /// The scratch of products, for layers on top.
  nn::training::ProductScratch& products() { return workspace_.products(); }

 private:
  /// The block (or, at layers, the head) below which nothing is trained.
  int64_t FirstTrainedBlock() const;

  bool Keeps(int64_t block, Keep keep) const { return keep == Keep::kForBackward && block >= first_trained_; }
  tensor::Matrix& ResidualBefore(int64_t block, Keep keep);
  nn::training::EncoderBlockSaved& SavedOf(int64_t block, Keep keep);

  ModelShape shape_;
  bool recompute_;
  nn::training::Embedding embedding_;
  std::vector<nn::training::EncoderBlock> blocks_;
  int64_t first_trained_ = 0;

  nn::training::Workspace workspace_;
  std::vector<tensor::Matrix> residuals_;  // before each block
  tensor::Matrix result_;                  // after the last, at the rows asked for
  std::vector<nn::training::EncoderBlockSaved> saved_;
  tensor::Matrix grad_;  // of the residual stream, all rows
};

struct EncoderPlan {
  int64_t tokens = 0;
  int64_t kept_blocks = 0;  ///< from the lowest that is trained to the last
  bool recompute = false;
};

/// Bytes of the encoder's activations and scratch, the packed side of products not counted. An estimate for planning,
/// from above.
int64_t EncoderActivationBytes(const ModelShape& shape, const EncoderPlan& plan);

}  // namespace agront::model
