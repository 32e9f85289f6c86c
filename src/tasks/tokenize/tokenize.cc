// SPDX-License-Identifier: Apache-2.0
#include "agront/tokenize.h"

#include "base/progress.h"
#include "base/reporter.h"
#include "data/entry_reader.h"
#include "inference/provenance.h"
#include "inference/session.h"
#include "inference/start.h"
#include "inference/table_output.h"
#include "model/open_model.h"
#include "tokenizer/vocabulary.h"

namespace agront {

namespace {

void WriteEntry(const data::Entry& entry, bool writes_ids, formats::TableWriter& table) {
  std::string tokens;
  for (size_t i = 0; i < entry.tokens.size(); ++i) {
    const int32_t id = entry.tokens.ids[i];
    tokens += (i > 0 ? " " : "") + (writes_ids ? std::to_string(id) : tokenizer::TokenText(id));
  }
  inference::WriteBases(table, entry.name, entry.placement.get(), entry.start, entry.end);
  table.Text(tokens);
  table.EndRow();
}

}  // namespace

void Tokenize(const TokenizeOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  inference::CheckNotInput(options.job.output, options.input);
  const auto checkpoint = model::OpenModel(options.job.model);
  data::EntryReader entries(data::OpenInput(options.input), checkpoint->shape().max_tokens(), options.input.overlap);
  inference::Provenance provenance = inference::DescribeRun(options.job, *checkpoint);
  formats::TableWriter table(options.job.output,
                             inference::ColumnsOfBases("name", options.input.has_regions(), {"tokens"}),
                             inference::TableOptionsOf(options.job, provenance));

  Reporter& reporter = ReporterOf(options.job);
  Progress progress(reporter, "tokenizing", "tokens");
  data::BatchReader batches(entries, options.job.batch_tokens);
  int64_t tokens = 0;
  int64_t record = -1;
  inference::WriteRows(table, [&] {
    for (data::EntryBatch packed; batches.Next(packed);) {
      for (const data::Entry& entry : packed.entries) {
        if (record >= 0 && entry.record != record) table.EndRecord();
        record = entry.record;
        WriteEntry(entry, options.ids, table);
      }
      tokens += static_cast<int64_t>(packed.batch.tokens.size());
      progress.Update(tokens, entries.input().Progress());
    }
  });
  progress.End();
  inference::ReportInput(entries.input(), reporter);
  inference::AddNotes(entries.input().Notes(), provenance);
  table.SetProvenance(provenance);
  table.Commit();
}

}  // namespace agront
