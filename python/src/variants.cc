// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/string.h>

#include <string>
#include <utility>
#include <vector>

#include "agront/variant_scorer.h"
#include "model.h"
#include "words.h"

namespace agront::python {
namespace {

VariantScorerOptions OptionsOf(const std::vector<std::string>& scores, int frames, int64_t window_bp, int64_t pll_flank,
                               bool shared_masks, int indel_null, int64_t batch_tokens) {
  VariantScorerOptions options{.scoring = {.scores = {},
                                           .frames = frames,
                                           .window_bp = window_bp,
                                           .pll_flank = pll_flank,
                                           .shared_masks = shared_masks,
                                           .indel_null = indel_null},
                               .batch_tokens = batch_tokens};
  for (const std::string& word : scores)
    options.scoring.scores.push_back(ChoiceOf<VariantScore>(
        "scores", word,
        {{"llr", VariantScore::kLlr}, {"marginal", VariantScore::kMarginal}, {"pll", VariantScore::kPll}}));
  return options;
}

/// A FASTA file (bytes), or a list of str with their names.
VariantScorer ScorerOf(const Model& model, nb::handle genome, nb::handle names, VariantScorerOptions options) {
  if (nb::isinstance<nb::bytes>(genome)) {
    const std::string path = PathOf(nb::borrow<nb::bytes>(genome));
    const nb::gil_scoped_release unlocked;
    return {model, path, std::move(options)};
  }
  SequenceInput input(genome, names);
  const nb::gil_scoped_release unlocked;
  std::vector<SequenceRecord> records;
  for (SequenceRecord record; input.Next(record); record = {}) records.push_back(std::move(record));
  return {model, std::move(records), std::move(options)};
}

/// The next tuple (sequence, start, reference, alternative, length) of an iterator, with Python's lock.
bool Next(nb::handle iterator, Variant& variant) {
  const nb::gil_scoped_acquire locked;
  const nb::object item = nb::steal(PyIter_Next(iterator.ptr()));
  if (!item.is_valid()) {
    if (PyErr_Occurred() != nullptr) nb::raise_python_error();
    return false;
  }
  variant = {.sequence = nb::cast<std::string>(item[0]),
             .start = nb::cast<int64_t>(item[1]),
             .reference = nb::cast<std::string>(item[2]),
             .alternative = nb::cast<std::string>(item[3]),
             .length = nb::cast<int64_t>(item[4])};
  return true;
}

}  // namespace

/// (words of the status, llr, llr_f6, marginal, marginal_f6, pll), each [variants]
nb::tuple ScoreVariants(const Model& model, nb::handle variants, nb::handle genome, nb::handle names,
                        nb::object progress, double interval, nb::object notice, const std::vector<std::string>& scores,
                        int frames, int64_t window_bp, int64_t pll_flank, bool shared_masks, int indel_null,
                        int64_t batch_tokens) {
  PythonReporter reporter(std::move(progress), interval, std::move(notice));
  const VariantScorer scorer = ScorerOf(
      model, genome, names, OptionsOf(scores, frames, window_bp, pll_flank, shared_masks, indel_null, batch_tokens));
  std::vector<const char*> words;
  std::vector<double> llr, llr_f6, marginal, marginal_f6, pll;
  reporter.Run([&] {
    scorer.Score([&](Variant& variant) { return Next(variants, variant); },
                 [&](const Variant& /*variant*/, const ScoredVariant& scored) {
                   words.push_back(WordOf(scored.status));
                   llr.push_back(scored.scores.llr);
                   llr_f6.push_back(scored.scores.llr_f6);
                   marginal.push_back(scored.scores.marginal);
                   marginal_f6.push_back(scored.scores.marginal_f6);
                   pll.push_back(scored.scores.pll);
                 },
                 &reporter);
  });
  nb::list status;
  for (const char* word : words) status.append(word);
  return nb::make_tuple(status, NumpyOf(std::move(llr)), NumpyOf(std::move(llr_f6)), NumpyOf(std::move(marginal)),
                        NumpyOf(std::move(marginal_f6)), NumpyOf(std::move(pll)));
}

}  // namespace agront::python
