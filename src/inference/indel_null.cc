// SPDX-License-Identifier: Apache-2.0
#include "inference/indel_null.h"

#include <cmath>

#include "data/variants/random_indels.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

VariantScoreOptions PllAlone(VariantScoreOptions options) {
  options.llr = options.marginal = false;
  options.indel_null = 0;
  return options;
}

}  // namespace

IndelNull::IndelNull(Engine& engine, data::GenomeBases& genome, const VariantScoreOptions& options)
    : genome_(genome),
      indels_(options.indel_null),
      margin_(tokenizer::kKmerLength * (options.flank + 1)),
      scorer_(engine, genome, PllAlone(options)) {}

double IndelNull::Mean(int64_t deleted, int64_t inserted, const std::function<void(double share)>& after_window) {
  if (const auto found = means_.find({deleted, inserted}); found != means_.end()) return found->second;
  for (const data::RandomIndel& indel : data::RandomIndels(genome_, deleted, inserted, margin_, indels_))
    scorer_.Add(indel.sequence, indel.change);
  double sum = 0;
  int64_t count = 0;
  for (const VariantScores& scores : scorer_.Run(after_window)) {
    if (std::isnan(scores.pll)) continue;
    sum += scores.pll;
    ++count;
  }
  const double mean = count == 0 ? VariantScores::kNone : sum / static_cast<double>(count);
  means_[{deleted, inserted}] = mean;
  return mean;
}

}  // namespace agront::inference
