// SPDX-License-Identifier: Apache-2.0
// The interface that runs a model: the seam between a request and the device that computes it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "agront/precision.h"
#include "nn/parameter_source.h"
#include "tensor/matrix.h"

namespace agront::model {

/// In the order of the request. Used again for the next batch, it takes no new memory.
struct ForwardOutput {
  std::vector<tensor::Matrix> hidden;     ///< [tokens, C] each
  std::vector<tensor::Matrix> attention;  ///< [T, T] each
  tensor::Matrix logits;                  ///< [tokens or logit_rows, V]
};

/// A model whose weights lie where its device computes. Inputs and outputs are in this program's memory. Thread safety:
/// one call at a time.
class Encoder {
 public:
  Encoder() = default;
  virtual ~Encoder() = default;

  virtual const ModelShape& shape() const = 0;

  /// Plans for batches of up to `rows` tokens (model/memory_plan.h): until a larger one comes, neither a forward pass
  /// nor an output that was used before takes memory, but for maps of attention and the kernels' scratch, about a
  /// megabyte a thread. Without a plan, memory grows with the largest batch. What is reserved is touched when needed.
  virtual void Reserve(int64_t rows) = 0;

  /// Runs the blocks up to the last one that is wanted, and the head on the rows that are wanted.
  /// Throws UsageError when the request names a layer, head, sequence or row that is not there, or for
  /// logits of a model without a language-model head, Error for tokens
  /// outside the vocabulary, a sequence that is too long, or weights that lead to numbers that are not finite.
  virtual void Forward(const Batch& batch, const ForwardRequest& request, ForwardOutput& output) = 0;

 protected:
  Encoder(const Encoder&) = default;
  Encoder& operator=(const Encoder&) = default;
};

/// One that computes on this processor (model/agront.h).
std::unique_ptr<Encoder> MakeEncoder(const ModelShape& shape, nn::ParameterSource& source, Precision precision);

}  // namespace agront::model
