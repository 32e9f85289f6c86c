// SPDX-License-Identifier: Apache-2.0
#include "model/training/trainable_encoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "device/cpu/instruction_set.h"

namespace agront::model {
namespace {

using nn::training::KeptRows;

std::string BlockName(int64_t block) { return fmt::format("encoder.block.{}", block); }

void Check(const Batch& batch) {
  const auto tokens = static_cast<int64_t>(batch.tokens.size());
  if (batch.offsets.empty() || batch.offsets.front() != 0 || !std::ranges::is_sorted(batch.offsets) ||
      batch.offsets.back() != tokens)
    FailUsage("batch: offsets must rise from 0 to the number of tokens, {}", tokens);
}

}  // namespace

TrainableEncoder::TrainableEncoder(nn::training::ParameterBuffers& buffers, const ModelShape& shape, Precision products,
                                   bool recompute)
    : shape_(shape), recompute_(recompute), embedding_(buffers, shape), workspace_(products) {
  device::cpu::CheckInstructionSet();
  for (int64_t i = 0; i < shape.layers; ++i) blocks_.emplace_back(buffers, BlockName(i), shape);
  first_trained_ = FirstTrainedBlock();
  residuals_.resize(static_cast<size_t>(shape.layers));
  saved_.resize(static_cast<size_t>(shape.layers));
}

int64_t TrainableEncoder::FirstTrainedBlock() const {
  if (!embedding_.is_frozen()) return 0;
  const auto trained = [](const nn::training::EncoderBlock& block) { return !block.is_frozen(); };
  return std::ranges::find_if(blocks_, trained) - blocks_.begin();
}

// All blocks share the memory that the backward pass does not need.
tensor::Matrix& TrainableEncoder::ResidualBefore(int64_t block, Keep keep) {
  return residuals_[static_cast<size_t>(Keeps(block, keep) ? block : 0)];
}

nn::training::EncoderBlockSaved& TrainableEncoder::SavedOf(int64_t block, Keep keep) {
  return saved_[static_cast<size_t>(Keeps(block, keep) && !recompute_ ? block : 0)];
}

tensor::ConstMatrixView TrainableEncoder::Forward(const Batch& batch, std::span<const int64_t> rows, Keep keep) {
  Check(batch);
  const auto tokens = static_cast<int64_t>(batch.tokens.size());
  const auto resized = [&](tensor::Matrix& residual, int64_t count) {
    residual.Resize(count, shape_.hidden, count);
    return residual.view();
  };
  embedding_.Forward(batch.tokens, batch.offsets, resized(ResidualBefore(0, keep), tokens));
  for (int64_t i = 0; i < shape_.layers; ++i) {
    const bool is_last = i + 1 == shape_.layers;
    const tensor::ConstMatrixView x = ResidualBefore(i, keep).view();
    const tensor::MatrixView y =
        is_last ? resized(result_, static_cast<int64_t>(rows.size())) : resized(ResidualBefore(i + 1, keep), tokens);
    blocks_[static_cast<size_t>(i)].Forward(batch.offsets, x, is_last ? KeptRows(rows) : KeptRows(), workspace_,
                                            SavedOf(i, keep), y);
  }
  return result_.view();
}

void TrainableEncoder::Backward(const Batch& batch, std::span<const int64_t> rows, tensor::MatrixView grad,
                                const std::function<void(const std::string& prefix)>& is_final) {
  using nn::training::Below;
  constexpr Keep kKeep = Keep::kForBackward;
  const auto tokens = static_cast<int64_t>(batch.tokens.size());
  grad_.Resize(tokens, shape_.hidden, tokens);
  for (int64_t i = shape_.layers - 1; i >= first_trained_; --i) {
    const nn::training::EncoderBlock& block = blocks_[static_cast<size_t>(i)];
    nn::training::EncoderBlockSaved& saved = SavedOf(i, kKeep);
    const tensor::ConstMatrixView x = ResidualBefore(i, kKeep).view();
    const bool is_last = i + 1 == shape_.layers;
    if (recompute_ && !is_last) block.Recompute(batch.offsets, x, workspace_, saved);  // the last one's are still there
    const Below below = i == first_trained_ && embedding_.is_frozen() ? Below::kFrozen : Below::kTrained;
    block.Backward(batch.offsets, x, is_last ? KeptRows(rows) : KeptRows(), saved, below, workspace_,
                   is_last ? grad : grad_.view(), grad_.view());
    is_final(BlockName(i) + ".");
  }
  if (embedding_.is_frozen()) return;
  embedding_.Backward(batch.tokens, batch.offsets, grad_.view());
  is_final("embedding.");
}

int64_t EncoderActivationBytes(const ModelShape& shape, const EncoderPlan& plan) {
  const int64_t saved_blocks = plan.recompute ? std::min<int64_t>(1, plan.kept_blocks) : plan.kept_blocks;
  const int64_t saved = 5 * shape.hidden + shape.ffn + shape.heads;           // of a block, a token
  const int64_t workspace = 5 * shape.hidden + 2 * shape.ffn + shape.hidden;  // and the gradient of the residual stream
  const int64_t of_token =
      std::max<int64_t>(1, saved_blocks) * saved + (plan.kept_blocks + 1) * shape.hidden + workspace;
  constexpr int64_t kScratchOfThread = 8 << 20;  // attention's panels of a head, a product's rows
  return static_cast<int64_t>(sizeof(float)) * plan.tokens * of_token + kScratchOfThread * MaxThreads();
}

}  // namespace agront::model
