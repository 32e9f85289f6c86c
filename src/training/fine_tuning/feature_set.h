// SPDX-License-Identifier: Apache-2.0
// The features of a probe: pooled hidden states of a frozen model, computed once for all layers that are tried.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "agront/forward.h"
#include "base/temporary_file.h"
#include "model/encoder.h"
#include "model/heads/task_head.h"
#include "ranks/communicator.h"
#include "tensor/matrix.h"
#include "training/fine_tuning/example_encoder.h"

namespace agront::training {

struct FeatureRequest {
  std::vector<HiddenLayer> layers;
  HeadPooling pooling = HeadPooling::kMean;  ///< one without parameters
  int64_t pass_tokens = 2048;                ///< that go through the model at a time
};

/// Rows in the order of the draws. They lie in a temporary file; a layer at a time is in memory.
class FeatureSet {
 public:
  /// Runs the model over the draws, shared out over the ranks; `progress` is called with the share that is done.
  FeatureSet(model::Encoder& model, const ExampleEncoder& examples, const std::vector<ExampleDraw>& draws,
             const FeatureRequest& request, ranks::Communicator& ranks,
             const std::function<void(int64_t tokens, double share)>& progress);

  /// [draws, C] of the layer at this place of the request. All ranks call it.
  tensor::Matrix Layer(size_t layer) const;

 private:
  int64_t draws_;
  int64_t channels_;
  size_t layers_;
  ranks::Communicator& ranks_;
  TemporaryFile file_;  // this rank's rows: of each batch one layer after the other
  std::vector<int64_t> batch_rows_;
};

}  // namespace agront::training
