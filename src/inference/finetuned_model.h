// SPDX-License-Identifier: Apache-2.0
// How to predict with what a run left in its folder: finetune.json.
#pragma once

#include <string>

#include "agront/forward.h"
#include "agront/job.h"
#include "agront/long_sequences.h"

namespace agront::inference {

inline constexpr char kFinetunedFile[] = "finetune.json";
inline constexpr char kAdapterFolder[] = "adapter";
inline constexpr char kHeadFolder[] = "head";
inline constexpr char kModelFolder[] = "model";
inline constexpr char kClassifierFolder[] = "classifier";
inline constexpr char kRunFolder[] = "run";
inline constexpr char kRandomRunFolder[] = "run-random";
inline constexpr char kMetricsJson[] = "metrics.json";  ///< written last: a run that has it is finished

struct FinetunedModel {
  std::string method;     ///< "lora"
  std::string base;       ///< as given to --model; empty: the embedded one
  std::string base_hash;  ///< model_hash.h
  std::string precision;  ///< that the base was kept in
  HiddenLayer layer;      ///< that the head reads
  LongSequences long_sequences = LongSequences::kError;
  std::string window = "feature";  ///< of features of a genome, data/labelled/feature_window.h

  bool has_adapter() const { return method == "lora" || method == "ia3"; }
  bool has_own_base() const { return method == "full"; }
};

/// Throws Error when it cannot be written.
void WriteFinetunedModel(const std::string& folder, const FinetunedModel& model, const JobOptions& job);

/// Throws Error for a folder that is none of ours, naming the file and what is wrong.
FinetunedModel ReadFinetunedModel(const std::string& folder);

}  // namespace agront::inference
