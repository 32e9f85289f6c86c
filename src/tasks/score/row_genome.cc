// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/row_genome.h"

#include <utility>

namespace agront::tasks {

const std::string* RowGenome::Take(formats::VariantRecord& record) {
  return &bases_.emplace(std::to_string(record.number), std::move(record.bases)).first->first;
}

int64_t RowGenome::Length(const std::string& sequence) const {
  const auto row = bases_.find(sequence);
  return row == bases_.end() ? -1 : static_cast<int64_t>(row->second.size());
}

std::string RowGenome::Fetch(const std::string& sequence, int64_t start, int64_t end,
                             formats::LetterCounts& /*counts*/) const {
  return bases_.at(sequence).substr(static_cast<size_t>(start), static_cast<size_t>(end - start));
}

}  // namespace agront::tasks
