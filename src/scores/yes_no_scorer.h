// SPDX-License-Identifier: Apache-2.0
// The scores of labels that are yes or no.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scores/ranking.h"
#include "scores/scorer.h"

namespace agront::scores {

inline constexpr double kYesAbove = 0.5;

/// One label of all examples.
class YesNoColumn {
 public:
  enum { kAuroc, kAuprc, kAccuracy, kF1, kPrecision, kRecall, kMcc, kLogLoss, kBrier, kEce, kCount };
  static const std::vector<std::string> kNames;

  YesNoColumn(std::span<const double> labels, std::span<const double> probabilities);
  std::array<double, kCount> Scores(Counts counts) const;

 private:
  struct Row {
    uint32_t example;
    bool label, decision;
    uint8_t bin;
    double probability, log_loss;
  };
  std::vector<Row> rows_;
  Ranking ranking_;
};

std::unique_ptr<Scorer> MakeBinaryScorer(const LabelledPredictions& predictions);
std::unique_ptr<Scorer> MakeMultilabelScorer(const LabelledPredictions& predictions);

}  // namespace agront::scores
