// SPDX-License-Identifier: Apache-2.0
// Length and GC content that alone predict the labels, without any biology.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/labelled/labelled_set.h"

namespace agront::data {

struct Confounder {
  std::string property;   ///< "length" or "GC"
  std::string output;     ///< label, class (against all others) or number
  std::string statistic;  ///< "AUROC", or "Spearman" of numbers
  double value = 0;       ///< NaN when it is constant or the output has one value
  bool separates =
      false;  ///< AUROC beyond 0.6 (or below 0.4), Spearman beyond 0.2, and three standard errors from chance
};

/// Length and GC for each output. None for tasks per token.
std::vector<Confounder> FindConfounders(const LabelledSet& set, std::span<const int64_t> examples);

/// Those that separate, a sentence each; an AUROC below 0.5 is turned, and the sentence says so.
std::vector<std::string> Describe(const std::vector<Confounder>& confounders);

}  // namespace agront::data
