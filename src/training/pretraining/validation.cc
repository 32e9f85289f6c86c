// SPDX-License-Identifier: Apache-2.0
#include "training/pretraining/validation.h"

#include <algorithm>

namespace agront::training {

std::optional<Validation> Validate(model::TrainableAgroNT& model, const data::BatchSampler& sampler, int num_species,
                                   int64_t windows, int64_t micro_batch, ranks::Communicator& ranks,
                                   const std::function<bool()>& stops) {
  Validation result;
  result.by_species.resize(static_cast<size_t>(num_species));
  data::MaskedBatch masked;
  model::LossOutput output;
  const int64_t begin = windows * ranks.rank() / ranks.size();
  const int64_t end = windows * (ranks.rank() + 1) / ranks.size();
  // All ranks take as many turns as the one with the most windows, to agree after each.
  const int64_t most = (windows + ranks.size() - 1) / ranks.size();
  for (int64_t turn = 0; turn < most; turn += micro_batch) {
    double stop = stops() ? 1 : 0;
    ranks.Sum({&stop, 1});
    if (stop > 0) return std::nullopt;
    const int64_t first = begin + turn;
    if (first >= end) continue;
    sampler.Sample(0, first, std::min(end, first + micro_batch), masked);
    model.Loss(LossOf(masked), output);
    size_t window = 0;
    ForEachMask(masked, output, [&](int64_t row, float loss, bool is_correct) {
      while (row >= masked.input.offsets[window + 1]) ++window;
      result.by_species[static_cast<size_t>(masked.species[window])].Add(loss, is_correct);
    });
  }
  std::vector<double> sums;
  for (const MaskQuality& quality : result.by_species)
    sums.insert(sums.end(), {quality.loss_sum, quality.count, quality.correct});
  ranks.Sum(sums);
  for (size_t i = 0; i < result.by_species.size(); ++i) {
    MaskQuality& quality = result.by_species[i];
    quality = {sums[3 * i], sums[3 * i + 1], sums[3 * i + 2]};
    result.all.loss_sum += quality.loss_sum;
    result.all.count += quality.count;
    result.all.correct += quality.correct;
  }
  return result;
}

}  // namespace agront::training
