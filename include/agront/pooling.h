// SPDX-License-Identifier: Apache-2.0
// How the hidden states of tokens become one row.
#pragma once

namespace agront {

enum class Pooling {
  kMean,  ///< mean over an entry's tokens without <cls>
  kMax,   ///< maximum of each channel over the same tokens
  kCls,   ///< the <cls> token
  kNone,  ///< a row for every token, <cls> included
};

}  // namespace agront
