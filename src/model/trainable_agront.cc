// SPDX-License-Identifier: Apache-2.0
#include "model/trainable_agront.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "nn/training/embedding.h"
#include "nn/training/encoder_block.h"
#include "nn/training/language_model_head.h"
#include "ops/cross_entropy/cross_entropy.h"

namespace agront::model {
namespace {

void Check(const LossBatch& batch, const ModelShape& shape) {
  const auto& [packed, rows, targets, weights] = batch;
  const auto tokens = static_cast<int64_t>(packed.tokens.size());
  if (packed.offsets.empty() || packed.offsets.front() != 0 || !std::ranges::is_sorted(packed.offsets) ||
      packed.offsets.back() != tokens)
    FailUsage("batch: offsets must rise from 0 to the number of tokens, {}", tokens);
  if (targets.size() != rows.size() || weights.size() != rows.size())
    FailUsage("batch: {} rows with a loss, {} targets, {} weights", rows.size(), targets.size(), weights.size());
  for (const int64_t row : rows)
    if (row < 0 || row >= tokens) FailUsage("loss of row {}: the batch has {}", row, tokens);
  for (const int32_t target : targets)
    if (target < 0 || target >= shape.vocabulary)
      FailUsage("target {}: the vocabulary has {} tokens", target, shape.vocabulary);
}

std::string BlockName(int64_t block) { return fmt::format("encoder.block.{}", block); }

/// From batch rows to the head's.
void Gather(tensor::ConstMatrixView from, const std::vector<int64_t>& rows, tensor::MatrixView to) {
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(static_cast<int64_t>(i)).data());
}

/// Adds: a row may have several losses.
void Scatter(tensor::ConstMatrixView from, const std::vector<int64_t>& rows, tensor::MatrixView to) {
  for (size_t i = 0; i < rows.size(); ++i)
    std::ranges::transform(from.row(static_cast<int64_t>(i)), to.row(rows[i]), to.row(rows[i]).begin(), std::plus<>());
}

}  // namespace

/// The layers and the memory of forward and backward.
class TrainableAgroNT::Pass {
 public:
  Pass(TrainingParameters& parameters, bool recompute)
      : parameters_(parameters),
        shape_(parameters.shape()),
        recompute_(recompute),
        embedding_(parameters, shape_),
        head_(parameters, shape_) {
    for (int64_t i = 0; i < shape_.layers; ++i) blocks_.emplace_back(parameters, BlockName(i), shape_);
    first_trained_ = FirstTrainedBlock();
    residuals_.resize(static_cast<size_t>(shape_.layers + 1));
    saved_.resize(static_cast<size_t>(shape_.layers));
  }

  void Loss(const LossBatch& batch, LossOutput& output) {
    constexpr bool kKeeps = false;
    ForwardBlocks(batch, kKeeps);
    RunHead(batch, output, ops::CrossEntropyForward);
  }

  void AddGradients(const LossBatch& batch, LossOutput& output, const GradientsReady& ready) {
    constexpr bool kKeeps = true;
    ForwardBlocks(batch, kKeeps);
    RunHead(batch, output, ops::CrossEntropyForwardBackward);
    Backward(batch, ready);
  }

 private:
  /// The block (or, at layers, the head) below which nothing is trained.
  int64_t FirstTrainedBlock() const {
    if (!embedding_.is_frozen()) return 0;
    for (int64_t i = 0; i < shape_.layers; ++i) {
      const auto [first, last] = parameters_.GradientRange(BlockName(i) + ".");
      if (first < last) return i;
    }
    return shape_.layers;
  }

  // What the backward pass does not need is shared by all blocks.
  bool Keeps(int64_t block, bool keeps) const { return keeps && block >= first_trained_; }
  tensor::Matrix& ResidualBefore(int64_t block, bool keeps) {
    return residuals_[static_cast<size_t>(Keeps(block, keeps) ? block : 0)];
  }
  nn::training::EncoderBlockSaved& SavedOf(int64_t block, bool keeps) {
    return saved_[static_cast<size_t>(Keeps(block, keeps) && !recompute_ ? block : 0)];
  }

  void ForwardBlocks(const LossBatch& batch, bool keeps) {
    Check(batch, shape_);
    const auto& [tokens, offsets] = batch.batch;
    const auto rows = static_cast<int64_t>(tokens.size());
    workspace_.Resize(rows, shape_);
    const auto resized = [&](tensor::Matrix& residual) {
      residual.Resize(rows, shape_.hidden, rows);
      return residual.view();
    };
    embedding_.Forward(tokens, offsets, resized(ResidualBefore(0, keeps)));
    for (int64_t i = 0; i < shape_.layers; ++i) {
      nn::training::EncoderBlockSaved& saved = SavedOf(i, keeps);
      saved.Resize(rows, shape_);
      const tensor::ConstMatrixView x = ResidualBefore(i, keeps).view();
      blocks_[static_cast<size_t>(i)].Forward(offsets, x, workspace_, saved, resized(ResidualBefore(i + 1, keeps)));
    }
    head_saved_.Resize(static_cast<int64_t>(batch.rows.size()), shape_);
    Gather(ResidualBefore(shape_.layers, keeps).view(), batch.rows, head_saved_.x.view());
    head_.Forward(workspace_.panels(), head_saved_);
  }

  template <class CrossEntropy>
  void RunHead(const LossBatch& batch, LossOutput& output, const CrossEntropy& cross_entropy) {
    output.losses.resize(batch.rows.size());
    output.predicted.resize(batch.rows.size());
    cross_entropy(head_saved_.logits.view(), {batch.targets, batch.weights}, {output.losses, output.predicted});
    output.loss = 0;
    output.correct = 0;
    for (size_t i = 0; i < batch.rows.size(); ++i) {
      output.loss += static_cast<double>(batch.weights[i]) * static_cast<double>(output.losses[i]);
      output.correct += output.predicted[i] == batch.targets[i];
    }
  }

  void Backward(const LossBatch& batch, const GradientsReady& ready) {
    const auto& [tokens, offsets] = batch.batch;
    const auto tell = [&](std::initializer_list<const char*> prefixes) {
      int64_t first = -1, last = 0;
      for (const char* prefix : prefixes) {
        const auto range = parameters_.GradientRange(prefix);
        if (first < 0) first = range.first;
        last = range.second;
      }
      if (ready && first < last) ready(first, last);
    };
    head_.Backward(workspace_.panels(), head_saved_);
    tell({"encoder.norm.", "head."});
    if (first_trained_ == shape_.layers) return;

    grad_.Resize(static_cast<int64_t>(tokens.size()), shape_.hidden, static_cast<int64_t>(tokens.size()));
    std::ranges::fill(grad_.view().values(), 0.0f);
    Scatter(head_saved_.grad_x.view(), batch.rows, grad_.view());
    constexpr bool kKeeps = true;
    for (int64_t i = shape_.layers - 1; i >= first_trained_; --i) {
      const nn::training::EncoderBlock& block = blocks_[static_cast<size_t>(i)];
      nn::training::EncoderBlockSaved& saved = SavedOf(i, kKeeps);
      const tensor::ConstMatrixView x = ResidualBefore(i, kKeeps).view();
      // The last block's are still there.
      if (recompute_ && i + 1 < shape_.layers) block.Recompute(offsets, x, workspace_, saved);
      block.Backward(offsets, x, saved, workspace_, grad_.view());
      tell({(BlockName(i) + ".").c_str()});
    }
    if (embedding_.is_frozen()) return;
    embedding_.Backward(tokens, offsets, grad_.view());
    tell({"embedding."});
  }

  TrainingParameters& parameters_;
  ModelShape shape_;
  bool recompute_;
  nn::training::Embedding embedding_;
  std::vector<nn::training::EncoderBlock> blocks_;
  nn::training::LanguageModelHead head_;
  int64_t first_trained_ = 0;

  nn::training::Workspace workspace_;
  std::vector<tensor::Matrix> residuals_;  // before each block, and after the last
  std::vector<nn::training::EncoderBlockSaved> saved_;
  nn::training::LanguageModelHeadSaved head_saved_;
  tensor::Matrix grad_;  // of the residual stream
};

TrainableAgroNT::TrainableAgroNT(const ModelShape& shape, const TrainingOptions& options)
    : parameters_(std::make_unique<TrainingParameters>(shape, options.is_trainable)),
      pass_(std::make_unique<Pass>(*parameters_, options.recompute)) {}

TrainableAgroNT::~TrainableAgroNT() = default;
TrainableAgroNT::TrainableAgroNT(TrainableAgroNT&&) noexcept = default;
TrainableAgroNT& TrainableAgroNT::operator=(TrainableAgroNT&&) noexcept = default;

void TrainableAgroNT::Loss(const LossBatch& batch, LossOutput& output) { pass_->Loss(batch, output); }

void TrainableAgroNT::AddGradients(const LossBatch& batch, LossOutput& output, const GradientsReady& ready) {
  pass_->AddGradients(batch, output, ready);
}

int64_t ActivationBytes(const ModelShape& shape, const TrainingOptions& options, int64_t tokens, int64_t loss_rows) {
  const int64_t blocks = options.recompute ? 1 : shape.layers;
  const int64_t saved = 5 * shape.hidden + shape.ffn + shape.heads;       // of a block, a token
  const int64_t workspace = 5 * shape.hidden + shape.ffn + shape.hidden;  // and the gradient of the residual stream
  const int64_t of_token = blocks * saved + (shape.layers + 1) * shape.hidden + workspace;
  const int64_t of_loss_row = 7 * shape.hidden + shape.vocabulary;
  // The largest packed side of a product: a weight matrix, or the activations.
  const int64_t panels =
      std::max(shape.hidden * std::max(shape.ffn, shape.vocabulary), tokens * std::max(shape.ffn, shape.hidden));
  constexpr int64_t kScratchOfThread = 8 << 20;  // attention's panels of a head, a product's rows
  return static_cast<int64_t>(sizeof(float)) * (tokens * of_token + loss_rows * of_loss_row + panels) +
         kScratchOfThread * MaxThreads();
}

}  // namespace agront::model
