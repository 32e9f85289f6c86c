// SPDX-License-Identifier: Apache-2.0
#include "agront/unmask.h"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/output_file.h"
#include "inference/session.h"
#include "ops/softmax/softmax.h"
#include "tasks/unmask/base_probabilities.h"
#include "tasks/unmask/passes.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

std::vector<size_t> AlreadyMasked(std::span<const int32_t> ids) {
  std::vector<size_t> masked;
  for (size_t i = 0; i < ids.size(); ++i)
    if (ids[i] == tokenizer::kMaskId) masked.push_back(i);
  return masked;
}

/// An entry while its passes are run: a line of the table for each masked token that is done.
struct OpenEntry {
  data::Entry entry;
  size_t passes_left = 0;
  std::map<size_t, std::string> lines;  // by the token's index
};

/// One copy of an entry with some tokens masked, in the batch that is being packed.
struct Pass {
  OpenEntry* open;
  std::vector<size_t> masked;
};

class Unmasker {
 public:
  Unmasker(const UnmaskOptions& options, inference::Session& session, OutputFile& output)
      : options_(options), session_(session), output_(output) {}

  void Add(const data::Entry& entry) {
    open_.push_back({entry, 0, {}});
    OpenEntry& open = open_.back();
    for (size_t pass = 0; pass < (options_.every ? tasks::kPasses : 1); ++pass) {
      std::vector<size_t> masked =
          options_.every ? tasks::MaskedInPass(entry.tokens.ids, pass) : AlreadyMasked(entry.tokens.ids);
      if (masked.empty()) continue;
      if (!passes_.empty() &&
          batch_.tokens.size() + entry.tokens.size() > static_cast<size_t>(options_.job.batch_tokens))
        Run();
      const auto begin = static_cast<int64_t>(batch_.tokens.size());
      batch_.Add(entry.tokens.ids);
      for (const size_t i : masked) {
        batch_.tokens[begin + static_cast<int64_t>(i)] = tokenizer::kMaskId;
        rows_.push_back(begin + static_cast<int64_t>(i));
      }
      ++open.passes_left;
      passes_.push_back({&open, std::move(masked)});
    }
    WriteFinished();
  }

  /// Runs what waits, and returns how many masked tokens there were in all.
  int64_t Finish() {
    if (!passes_.empty()) Run();
    WriteFinished();
    return masked_;
  }

 private:
  void Run() {
    session_.model().Forward(batch_, {.logit_rows = rows_}, forward_);
    ops::SoftmaxForward(forward_.logits.view(), forward_.logits.view());
    int64_t row = 0;
    for (Pass& pass : passes_) {
      for (const size_t i : pass.masked) pass.open->lines[i] = Line(pass.open->entry, i, forward_.logits.row(row++));
      --pass.open->passes_left;
    }
    batch_.Clear();
    rows_.clear();
    passes_.clear();
  }

  void WriteFinished() {
    for (; !open_.empty() && open_.front().passes_left == 0; open_.pop_front()) {
      for (const auto& [index, line] : open_.front().lines) output_.Write(line);
      masked_ += static_cast<int64_t>(open_.front().lines.size());
    }
  }

  std::string Line(const data::Entry& entry, size_t token, std::span<const float> probabilities) const {
    const int32_t id = entry.tokens.ids[token];
    const bool known = id != tokenizer::kMaskId;
    std::vector<int32_t> best(tokenizer::kNumKmers);
    std::iota(best.begin(), best.end(), tokenizer::kFirstKmerId);
    const auto count = std::min<std::ptrdiff_t>(options_.top, tokenizer::kNumKmers);
    std::partial_sort(best.begin(), best.begin() + count, best.end(), [&](int32_t a, int32_t b) {
      return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
    });
    std::string names;
    std::string values;
    for (std::ptrdiff_t k = 0; k < count; ++k) {
      names += (k > 0 ? "," : "") + tokenizer::TokenText(best[k]);
      values += fmt::format("{}{:.6g}", k > 0 ? "," : "", probabilities[best[k]]);
    }
    std::string line = fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}", entry.name, entry.start + entry.tokens.begin[token],
                                   entry.start + entry.tokens.end[token], known ? tokenizer::TokenText(id) : ".", names,
                                   values, known ? fmt::format("{:.6g}", probabilities[id]) : ".");
    const auto bases = tasks::BaseProbabilities(probabilities);
    for (size_t base = 0; base < 4; ++base) {
      line += '\t';
      for (size_t position = 0; position < bases.size(); ++position)
        line += fmt::format("{}{:.6g}", position > 0 ? "," : "", bases[position][base]);
    }
    return line + "\n";
  }

  const UnmaskOptions& options_;
  inference::Session& session_;
  OutputFile& output_;
  std::deque<OpenEntry> open_;  // addresses stay while entries come at the back and go at the front
  Batch batch_;
  std::vector<int64_t> rows_;
  std::vector<Pass> passes_;
  model::ForwardOutput forward_;
  int64_t masked_ = 0;
};

}  // namespace

void Unmask(const UnmaskOptions& options) {
  if (options.top < 1) FailUsage("top: expected at least 1, got {}", options.top);
  inference::Session session(options.job, options.input);
  session.ExpectLanguageModel();
  OutputFile output(options.job.output, options.job.force);
  output.Write(inference::TableLines(session.provenance()));
  output.Write("#name\tstart\tend\ttrue\ttop\tprobability\ttrue_probability\tA\tC\tG\tT\n");
  Unmasker unmasker(options, session, output);
  // An entry is finished when its last pass has run, perhaps batches later: so lines are written between the passes.
  const auto compute = [&](const data::EntryBatch& packed, model::ForwardOutput& /*made by the passes*/) {
    for (const data::Entry& entry : packed.entries) unmasker.Add(entry);
  };
  session.ForEachBatch("unmasking", compute, [](const auto& /*packed*/, const auto& /*forward*/) {});
  if (unmasker.Finish() == 0)
    Fail(
        "{}: {}",
        options.input.fasta == "-"    ? "standard input"
        : options.input.fasta.empty() ? options.input.regions
                                      : options.input.fasta,
        options.every ? "expected a full 6-mer, got none" : "no <mask> in the input; --every masks each 6-mer in turn");
  output.Commit();
}

}  // namespace agront
