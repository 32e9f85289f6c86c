// SPDX-License-Identifier: Apache-2.0
// What the model expects where 6-mers are masked.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "agront/error.h"
#include "agront/masked_likelihood.h"
#include "model.h"
#include "words.h"

namespace agront::python {
namespace {

constexpr int64_t kSixmers = 4096;
constexpr int64_t kBasesOfSixmer = 6;
constexpr int64_t kBases = 4;

Masking MaskingOf(const std::string& word) {
  return ChoiceOf<Masking>("masking", word, {{"sevenths", Masking::kSevenths}, {"alone", Masking::kAlone}});
}

/// A row for each masked 6-mer.
struct Unmasked {
  int64_t top;
  bool per_base;
  Places places;
  std::vector<int32_t> ids, true_ids;
  std::vector<float> probabilities, true_probabilities, bases;

  void Add(const Window& window, const std::vector<int64_t>& indices, const Values& log_probabilities);
  nb::dict ToPython();
};

/// Whether an id is that of a full 6-mer.
bool IsSixmer(int32_t id) { return id != kMaskTokenId && TokenText(id).size() == kBasesOfSixmer; }

void Unmasked::Add(const Window& window, const std::vector<int64_t>& indices, const Values& log_probabilities) {
  static const std::vector<int32_t> sixmer_ids = [] {
    std::vector<int32_t> sixmers;
    for (int32_t id = 0; id < kVocabularySize; ++id)
      if (TokenText(id).size() == kBasesOfSixmer && TokenText(id)[0] != '<') sixmers.push_back(id);
    return sixmers;
  }();
  for (size_t i = 0; i < indices.size(); ++i) {
    const auto row = log_probabilities.row(static_cast<int64_t>(i));
    std::vector<int32_t> best = sixmer_ids;
    std::partial_sort(best.begin(), best.begin() + top, best.end(), [&](int32_t a, int32_t b) {
      return row[static_cast<size_t>(a)] != row[static_cast<size_t>(b)]
                 ? row[static_cast<size_t>(a)] > row[static_cast<size_t>(b)]
                 : a < b;
    });
    for (int64_t k = 0; k < top; ++k) {
      ids.push_back(best[static_cast<size_t>(k)]);
      probabilities.push_back(std::exp(row[static_cast<size_t>(ids.back())]));
    }
    const auto token = static_cast<size_t>(indices[i]);
    const int32_t id = window.tokens.ids[token];
    const bool is_known = IsSixmer(id);
    true_ids.push_back(is_known ? id : -1);
    true_probabilities.push_back(is_known ? std::exp(row[static_cast<size_t>(id)])
                                          : std::numeric_limits<float>::quiet_NaN());
    places.Add(window.record, window.name, window.tokens.begin[token], window.tokens.end[token]);
  }
  if (per_base) {
    const Values marginals = BaseMarginals(log_probabilities);
    bases.insert(bases.end(), marginals.data.begin(), marginals.data.end());
  }
}

nb::dict Unmasked::ToPython() {
  const size_t rows = places.record.size();
  nb::dict result;
  result["ids"] = NumpyOf(std::move(ids), {rows, static_cast<size_t>(top)});
  result["probability"] = NumpyOf(std::move(probabilities), {rows, static_cast<size_t>(top)});
  result["true_id"] = NumpyOf(std::move(true_ids));
  result["true_probability"] = NumpyOf(std::move(true_probabilities));
  if (per_base)
    result["bases"] =
        NumpyOf(std::move(bases), {rows, static_cast<size_t>(kBasesOfSixmer), static_cast<size_t>(kBases)});
  result["places"] = places.ToPython();
  return result;
}

}  // namespace

nb::dict UnmaskSequences(const Model& model, Call& call, bool every, const std::string& masking, int64_t top,
                         bool per_base, int64_t batch_tokens) {
  if (top < 0 || top > kSixmers)
    throw UsageError("top: expected 0 to " + std::to_string(kSixmers) + ", got " + std::to_string(top));
  const MaskedLikelihood likelihood(model, {.masking = MaskingOf(masking), .batch_tokens = batch_tokens});
  Unmasked unmasked{.top = top,
                    .per_base = per_base,
                    .places = {},
                    .ids = {},
                    .true_ids = {},
                    .probabilities = {},
                    .true_probabilities = {},
                    .bases = {}};
  call.reporter.Run([&] {
    ForEachWindow(call.input, model.shape().max_tokens(), true, [&](Window& window) {
      StopIfAsked(call.reporter);
      std::vector<int64_t> indices;
      for (size_t i = 1; i < window.tokens.ids.size(); ++i)
        if (window.tokens.ids[i] == kMaskTokenId || (every && IsSixmer(window.tokens.ids[i])))
          indices.push_back(static_cast<int64_t>(i));
      if (indices.empty()) return;
      unmasked.Add(window, indices, likelihood.LogProbabilities(window.tokens, indices));
      call.reporter.Update(
          {.label = "unmasking", .unit = "6-mers", .done = static_cast<int64_t>(unmasked.places.record.size())});
    });
  });
  return unmasked.ToPython();
}

nb::object LogLikelihoods(const Model& model, Call& call, const std::string& masking, int64_t batch_tokens) {
  const MaskedLikelihood likelihood(model, {.masking = MaskingOf(masking), .batch_tokens = batch_tokens});
  std::vector<double> sums;
  call.reporter.Run([&] { sums = likelihood.PseudoLogLikelihoods(call.input.TakeAll(), &call.reporter); });
  return NumpyOf(std::move(sums));
}

}  // namespace agront::python
