// SPDX-License-Identifier: Apache-2.0
// The model as Python has it, and what its calls share.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agront/model.h"
#include "agront/tokenizer.h"
#include "arrays.h"
#include "python_reporter.h"
#include "sequence_input.h"

namespace agront::python {

/// What every call takes beside its own: sequences and who hears of it.
struct Call {
  Call(nb::handle what, nb::handle names, nb::object progress, double interval, nb::object notice)
      : input(what, names), reporter(std::move(progress), interval, std::move(notice)) {
    reporter.SetShare(input.share());
  }
  SequenceInput input;
  PythonReporter reporter;
};

/// Which bases each row or window stands for.
struct Places {
  std::vector<int64_t> record, start, end;
  std::vector<std::string> names;  ///< of records

  void Add(int64_t of_record, std::string_view name, int64_t from, int64_t to);
  /// (record, start, end, names)
  nb::tuple ToPython();
};

/// Tokens of a part of a sequence, <cls> first, that the model takes in one pass.
struct Window {
  int64_t record = 0;
  std::string name;
  Tokens tokens;
};

/// Throws UsageError unless windows are asked for or the sequence is in one: `name` is that of the argument.
void ExpectOneWindow(bool has_windows, int64_t record, const std::string& name);

/// Calls `work` with the windows of all sequences, in order; those of a sequence lie side by side. Throws Error
/// "sequence 3: ..." for letters that are no bases.
void ForEachWindow(SequenceInput& input, int64_t max_tokens, bool has_windows,
                   const std::function<void(Window&)>& work);

nb::tuple EmbedSequences(const Model& model, Call& call, const std::vector<std::pair<int64_t, bool>>& layers,
                         const std::string& pooling, bool windows, int64_t overlap, int64_t batch_tokens);
nb::tuple LogitsOfSequences(const Model& model, Call& call, bool probabilities, bool windows, int64_t batch_tokens);
nb::list AttentionOfSequences(const Model& model, Call& call, const std::vector<std::pair<int64_t, int64_t>>& maps);
nb::dict UnmaskSequences(const Model& model, Call& call, bool every, const std::string& masking, int64_t top,
                         bool per_base, int64_t batch_tokens);
nb::tuple ScoreVariants(const Model& model, nb::handle variants, nb::handle genome, nb::handle names,
                        nb::object progress, double interval, nb::object notice, const std::vector<std::string>& scores,
                        int frames, int64_t window_bp, int64_t pll_flank, bool shared_masks, int indel_null,
                        int64_t batch_tokens);
nb::object LogLikelihoods(const Model& model, Call& call, const std::string& masking, int64_t batch_tokens);

}  // namespace agront::python
