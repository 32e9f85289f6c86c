// SPDX-License-Identifier: Apache-2.0
#include "agront/unmask.h"

#include <deque>
#include <map>

#include "base/error.h"
#include "inference/masked_model.h"
#include "inference/session.h"
#include "inference/table_output.h"
#include "ops/softmax/softmax.h"
#include "tasks/unmask/expectation.h"

namespace agront {
namespace {

/// An entry until its passes have run, with what is expected at each masked token that is done.
struct OpenEntry {
  data::Entry entry;
  std::map<size_t, tasks::Expectation> expected;  // by the token's index
};

class Unmasker {
 public:
  Unmasker(const UnmaskOptions& options, inference::Engine& engine, formats::TableWriter& table)
      : options_(options),
        table_(table),
        model_(engine, options.job.batch_tokens,
               [this](std::span<const inference::MaskedToken> tokens, tensor::MatrixView logits) {
                 Expect(tokens, logits);
               }) {}

  void Add(const data::Entry& entry) {
    open_.push_back({entry, {}});
    const std::vector<int32_t>& ids = entry.tokens.ids;
    model_.Add(ids, options_.every ? inference::SeventhsOf(ids) : inference::AsMasked(ids));
    WriteFinished();
  }

  /// Runs what waits, and returns how many masked tokens there were in all.
  int64_t Finish() {
    model_.Flush();
    WriteFinished();
    return model_.masked();
  }

 private:
  void Expect(std::span<const inference::MaskedToken> tokens, tensor::MatrixView logits) {
    ops::SoftmaxForward(logits, logits);
    for (size_t row = 0; row < tokens.size(); ++row) {
      const inference::MaskedToken& masked = tokens[row];
      OpenEntry& open = open_[static_cast<size_t>(masked.sequence - written_)];
      open.expected[masked.token] = tasks::Expect(options_, logits.row(static_cast<int64_t>(row)), masked.id);
    }
  }

  void WriteFinished() {
    for (; written_ < model_.finished(); ++written_, open_.pop_front()) {
      const OpenEntry& done = open_.front();
      if (record_ >= 0 && done.entry.record != record_) table_.EndRecord();
      record_ = done.entry.record;
      for (const auto& [token, expectation] : done.expected)
        tasks::WriteExpectation(options_, done.entry, token, expectation, table_);
    }
  }

  const UnmaskOptions& options_;
  formats::TableWriter& table_;
  inference::MaskedModel model_;
  std::deque<OpenEntry> open_;  // from entry number written_ on
  int64_t written_ = 0;
  int64_t record_ = -1;  // of the entry that was written last
};

}  // namespace

void Unmask(const UnmaskOptions& options) {
  if (options.top < 1) FailUsage("top: expected at least 1, got {}", options.top);
  inference::Session session(options.job, options.input);
  session.engine().ExpectLanguageModel();
  formats::TableWriter table(options.job.output, tasks::UnmaskColumns(options),
                             inference::TableOptionsOf(options.job, session.provenance()));
  Unmasker unmasker(options, session.engine(), table);
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
