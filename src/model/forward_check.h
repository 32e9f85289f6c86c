// SPDX-License-Identifier: Apache-2.0
// Checks of a forward pass that are the same for all devices: of its request before it, of its numbers after it.
#pragma once

#include <cstdint>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "model/encoder.h"

namespace agront::model {

/// Throws UsageError when offsets do not rise, when the request names a layer, head, sequence or row that is not there,
/// or for logits of a model without a language-model head.
void CheckRequest(const Batch& batch, const ForwardRequest& request, const ModelShape& shape, bool has_head);

/// Throws Error for tokens outside the vocabulary, or a sequence that is too long.
void CheckTokens(const Batch& batch, const ModelShape& shape);

/// Throws Error when a number of the output is not finite.
void CheckFiniteOutput(const ForwardRequest& request, const ForwardOutput& output);

bool WantsLogits(const ForwardRequest& request);

/// Blocks to run for what is wanted.
int64_t LastBlock(const ForwardRequest& request, const ModelShape& shape);

}  // namespace agront::model
