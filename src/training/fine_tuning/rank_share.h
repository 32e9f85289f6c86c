// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ranks/communicator.h"

namespace agront::training {

/// This rank's share of `items`, which all ranks have.
template <class T>
std::span<const T> ShareOf(const std::vector<T>& items, const ranks::Communicator& ranks) {
  const auto size = static_cast<int64_t>(items.size());
  const int64_t begin = size * ranks.rank() / ranks.size();
  const int64_t end = size * (ranks.rank() + 1) / ranks.size();
  return std::span(items).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

}  // namespace agront::training
