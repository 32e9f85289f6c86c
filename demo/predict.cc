// SPDX-License-Identifier: Apache-2.0
#include "predict.h"

#include <agront/embedder.h>
#include <agront/masked_likelihood.h>
#include <agront/tokenizer.h>

#include <algorithm>

namespace agront::demo {

std::vector<Prediction> PredictEverySixmer(const Model& model, const std::string& bases,
                                           const std::function<void(double)>& progress) {
  const int64_t window_bp = 6 * (model.shape().max_tokens() - 1);
  const auto length = static_cast<int64_t>(bases.size());
  const MaskedLikelihood likelihood(model);
  std::vector<Prediction> predictions;
  for (int64_t begin = 0; begin < length; begin += window_bp) {
    const Tokens window = Encode(std::string_view(bases).substr(begin, window_bp), model.shape().max_tokens());
    const std::vector<int64_t> sixmers = MaskedLikelihood::SixmersOf(window);
    const Values expected = likelihood.LogProbabilities(window, sixmers);
    for (size_t k = 0; k < sixmers.size(); ++k) {
      const auto row = expected.row(static_cast<int64_t>(k));
      const int32_t token = window.ids[sixmers[k]];
      const auto best = std::ranges::max_element(row) - row.begin();
      predictions.push_back({begin + window.begin[sixmers[k]], token, static_cast<double>(row[token]), best == token});
    }
    progress(static_cast<double>(std::min(begin + window_bp, length)) / static_cast<double>(length));
  }
  return predictions;
}

Values EmbedWindows(const Model& model, const std::string& bases, int64_t window) {
  std::vector<std::string> windows;
  for (int64_t begin = 0; begin + window <= static_cast<int64_t>(bases.size()); begin += window)
    windows.push_back(bases.substr(begin, window));
  return Embedder(model).Embed(windows).front();
}

}  // namespace agront::demo
