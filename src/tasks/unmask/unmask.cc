// SPDX-License-Identifier: Apache-2.0
#include "agront/unmask.h"

#include <deque>
#include <map>

#include "base/error.h"
#include "inference/session.h"
#include "inference/table_output.h"
#include "ops/softmax/softmax.h"
#include "tasks/unmask/expectation.h"
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

/// An entry while its passes are run, with what is expected at each masked token that is done.
struct OpenEntry {
  data::Entry entry;
  size_t passes_left = 0;
  std::map<size_t, tasks::Expectation> expected;  // by the token's index
};

/// One copy of an entry with some tokens masked, in the batch that is being packed.
struct Pass {
  OpenEntry* open;
  std::vector<size_t> masked;
};

class Unmasker {
 public:
  Unmasker(const UnmaskOptions& options, inference::Session& session, formats::TableWriter& table)
      : options_(options), session_(session), table_(table) {}

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
      for (const size_t i : pass.masked) {
        const int32_t id = pass.open->entry.tokens.ids[i];
        pass.open->expected[i] = tasks::Expect(options_, forward_.logits.row(row++), id);
      }
      --pass.open->passes_left;
    }
    batch_.Clear();
    rows_.clear();
    passes_.clear();
  }

  void WriteFinished() {
    for (; !open_.empty() && open_.front().passes_left == 0; open_.pop_front()) {
      const OpenEntry& done = open_.front();
      if (record_ >= 0 && done.entry.record != record_) table_.EndRecord();
      record_ = done.entry.record;
      for (const auto& [token, expectation] : done.expected)
        tasks::WriteExpectation(options_, done.entry, token, expectation, table_);
      masked_ += static_cast<int64_t>(done.expected.size());
    }
  }

  const UnmaskOptions& options_;
  inference::Session& session_;
  formats::TableWriter& table_;
  std::deque<OpenEntry> open_;  // addresses stay while entries come at the back and go at the front
  Batch batch_;
  std::vector<int64_t> rows_;
  std::vector<Pass> passes_;
  model::ForwardOutput forward_;
  int64_t record_ = -1;  // of the entry that was written last
  int64_t masked_ = 0;
};

}  // namespace

void Unmask(const UnmaskOptions& options) {
  if (options.top < 1) FailUsage("top: expected at least 1, got {}", options.top);
  inference::Session session(options.job, options.input);
  session.ExpectLanguageModel();
  formats::TableWriter table(options.job.output, tasks::UnmaskColumns(options),
                             inference::TableOptionsOf(options.job, session.provenance()));
  Unmasker unmasker(options, session, table);
  // An entry is finished when its last pass has run, perhaps batches later: so rows are written between the passes.
  const auto compute = [&](const data::EntryBatch& packed, model::ForwardOutput& /*made by the passes*/) {
    for (const data::Entry& entry : packed.entries) unmasker.Add(entry);
  };
  inference::WriteRows(table, [&] {
    session.ForEachBatch("unmasking", compute, [](const auto& /*packed*/, const auto& /*forward*/) {});
    if (unmasker.Finish() == 0)
      Fail("{}: {}", data::InputName(options.input),
           options.every ? "expected a full 6-mer, got none"
                         : "no <mask> in the input; --every masks each 6-mer in turn");
  });
  table.SetProvenance(session.provenance());
  table.Commit();
}

}  // namespace agront
