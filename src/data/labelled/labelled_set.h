// SPDX-License-Identifier: Apache-2.0
// Sequences with labels. The sequences lie in a temporary file (a training set of chromatin is 5 GB), labels in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/prediction_task.h"
#include "base/temporary_file.h"

namespace agront::data {

/// One example as a reader gives it.
struct LabelledExample {
  std::string id;
  std::string bases;          ///< A C G T N, on the strand of the feature
  std::vector<float> labels;  ///< PredictionTask::num_labels(); NaN where one is missing
  std::string base_classes;   ///< kToken: a class index (as a char, 0 to 254) for each base, '\xff' where there is none
  std::string group;          ///< gene, family, chromosome or species that keeps examples together; may be empty
  std::string split;          ///< a column's word, when the file has one: "train", "valid", "test"
  std::string place;          ///< "file:line", for errors and reports
};

/// Thread safety: reading is const.
class LabelledSet {
 public:
  explicit LabelledSet(PredictionTask task);

  const PredictionTask& task() const;
  void Add(const LabelledExample& example);

  int64_t size() const;
  std::string_view id(int64_t example) const;
  std::string_view group(int64_t example) const;
  std::string_view split(int64_t example) const;
  std::string_view place(int64_t example) const;
  int64_t length(int64_t example) const;  ///< bases
  std::string Bases(int64_t example) const;
  std::string BaseClasses(int64_t example) const;
  std::span<const float> labels(int64_t example) const;
};

}  // namespace agront::data
