// SPDX-License-Identifier: Apache-2.0
// The head that turns hidden states into predictions.
#pragma once

namespace agront {

enum class HeadKind {
  kLinear,  ///< one product
  kMlp,     ///< dense, tanh, out_proj: with kCls that of EsmForSequenceClassification
};

/// How a head pools the hidden states after the final LayerNorm. Each window of an example is pooled, and the mean of
/// the windows is taken.
enum class HeadPooling {
  kMean,       ///< of all tokens without <cls>
  kCls,        ///< <cls>
  kCentre,     ///< the token in the middle of the bases: what is at the centre of a window around a site
  kAttention,  ///< a weighted mean without <cls>: softmax over q . h / sqrt(C), q learned
  kNone,       ///< each token on its own (tasks per token): that of EsmForTokenClassification
};

}  // namespace agront
