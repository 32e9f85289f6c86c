// SPDX-License-Identifier: Apache-2.0
// The baselines that a language model has to beat: linear models of simple features, fitted on the same examples.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agront/prediction_task.h"

namespace agront::baselines {

/// Examples as the baselines read them. Labels in the units in which they are to be predicted: whoever trains a model
/// on log1p gives log1p here, too. A task per token gives each token as an example with the bases around it.
struct LabelledSequences {
  int64_t size = 0;
  std::function<std::string(int64_t example)> bases;  ///< A C G T N; called by one thread
  std::vector<double> labels;                         ///< as of scores::LabelledPredictions
};

struct BaselineOptions {
  int longest_kmer = 6;
  int64_t most_training = 50'000;   ///< examples that the last fit draws at most; fewer when their features fill memory
  int64_t most_selection = 10'000;  ///< and the fits that choose features and strength
  int64_t most_validation = 5'000;
  uint64_t seed = 0;
};

struct Baseline {
  std::string name;   ///< "k-mers"
  std::string about;  ///< "5-mers of both strands, logistic regression, C = 0.01, 50000 of 170835 training examples"
  std::vector<double> predictions;  ///< of the test examples, [size, outputs]
};

struct Baselines {
  std::vector<Baseline> fitted;
  std::vector<std::string> left_out;  ///< which, and why: "bases by position: left out, ..."
};

/// In this order: "k-mers" (frequencies, as read or of both strands), "bases by position" (only where all sequences
/// have one length, at most 600: a weight matrix over the window), "GC and length". Logistic or ridge regression, by
/// the task; k, strands and the strength of regularization by the loss on validation examples. The same bits for the
/// same seed. Throws Error without training or validation examples.
Baselines FitBaselines(const PredictionTask& task, const LabelledSequences& train, const LabelledSequences& valid,
                       const LabelledSequences& test, const BaselineOptions& options);

}  // namespace agront::baselines
