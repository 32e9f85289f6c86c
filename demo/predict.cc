// SPDX-License-Identifier: Apache-2.0
#include "predict.h"

#include <agront/tokenizer.h>

#include <algorithm>
#include <cmath>

namespace agront::demo {

std::vector<Prediction> PredictEverySixmer(Model& model, const std::string& bases,
                                           const std::function<void(double)>& progress) {
  constexpr int64_t kPasses = 7;
  const int64_t window_bp = 6 * (model.shape().max_tokens() - 1);
  const auto length = static_cast<int64_t>(bases.size());
  std::vector<Prediction> predictions;
  for (int64_t begin = 0; begin < length; begin += window_bp) {
    const Tokens window = Encode(std::string_view(bases).substr(begin, window_bp), model.shape().max_tokens());
    const auto tokens = static_cast<int64_t>(window.ids.size());
    for (int64_t pass = 0; pass < kPasses; ++pass) {
      Batch batch;
      batch.Add(window.ids);
      std::vector<int64_t> masked;
      for (int64_t i = pass; i < tokens; i += kPasses)
        if (window.end[i] - window.begin[i] == 6) masked.push_back(i);
      if (masked.empty()) continue;
      for (const int64_t i : masked) batch.tokens[i] = kMaskTokenId;
      ForwardResult result = model.Run(batch, {.logit_rows = masked});
      Softmax(result.logits);
      for (size_t k = 0; k < masked.size(); ++k) {
        const auto row = result.logits.row(static_cast<int64_t>(k));
        const int32_t token = window.ids[masked[k]];
        const auto best = std::ranges::max_element(row) - row.begin();
        predictions.push_back(
            {begin + window.begin[masked[k]], token, std::log(static_cast<double>(row[token])), best == token});
      }
    }
    progress(static_cast<double>(std::min(begin + window_bp, length)) / static_cast<double>(length));
  }
  std::ranges::sort(predictions, {}, &Prediction::start);
  return predictions;
}

Values EmbedWindows(Model& model, const std::string& bases, int64_t window) {
  const int64_t windows = static_cast<int64_t>(bases.size()) / window;
  constexpr int64_t kPerBatch = 32;
  Values embeddings{windows, model.shape().hidden, {}};
  for (int64_t first = 0; first < windows; first += kPerBatch) {
    Batch batch;
    for (int64_t w = first; w < std::min(first + kPerBatch, windows); ++w)
      batch.Add(Encode(std::string_view(bases).substr(w * window, window)).ids);
    const ForwardResult result = model.Run(batch, {.hidden = {{model.shape().layers}}});
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      std::vector<double> sum(static_cast<size_t>(embeddings.cols));
      for (int64_t i = batch.offsets[s] + 1; i < batch.offsets[s + 1]; ++i)
        for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(result.hidden[0].row(i)[c]);
      const auto count = static_cast<double>(batch.offsets[s + 1] - batch.offsets[s] - 1);
      for (const double value : sum) embeddings.data.push_back(static_cast<float>(value / count));
    }
  }
  return embeddings;
}

}  // namespace agront::demo
