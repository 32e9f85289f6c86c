// SPDX-License-Identifier: Apache-2.0
// The places of adapters.
#pragma once

namespace agront {

/// A product of a block that an adapter may change.
enum class AdapterTarget {
  kQuery,
  kKey,
  kValue,
  kOutput,    ///< of attention
  kExpand,    ///< into the feed-forward
  kContract,  ///< out of the feed-forward
};

}  // namespace agront
