// SPDX-License-Identifier: Apache-2.0
#include "model/parameters/model_hasher.h"

#include <fmt/format.h>

#include <cstddef>

namespace agront::model {

void ModelHasher::Begin(const Parameter& parameter) {
  hash_.Update(fmt::format("{} {} {}\n", parameter.name, parameter.rows, parameter.cols));
}

void ModelHasher::Add(std::span<const float> values) { hash_.Update(std::as_bytes(values)); }

std::string ModelHasher::Hex() { return hash_.Hex(); }

}  // namespace agront::model
