// SPDX-License-Identifier: Apache-2.0
#include "agront/tokenize.h"

#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "data/entry_reader.h"
#include "inference/provenance.h"
#include "inference/session.h"
#include "inference/start.h"
#include "model/embedded_model.h"
#include "tokenizer/vocabulary.h"

namespace agront {

void Tokenize(const TokenizeOptions& options) {
  inference::Start(options.job);
  inference::CheckNotInput(options.job.output, options.input);
  const auto checkpoint = model::OpenModel(options.job.model);
  data::EntryReader entries(data::OpenInput(options.input), checkpoint->shape().max_tokens(), options.input.overlap);
  OutputFile output(options.job.output, options.job.force);
  output.Write(inference::TableLines(inference::DescribeRun(options.job, *checkpoint)));
  output.Write("#name\tstart\tend\ttokens\n");

  Progress progress("tokenizing", "tokens", options.job.quiet);
  int64_t tokens = 0;
  std::string line;
  for (data::Entry entry; entries.Next(entry);) {
    line = fmt::format("{}\t{}\t{}\t", entry.name, entry.start, entry.end);
    for (size_t i = 0; i < entry.tokens.size(); ++i) {
      if (i > 0) line += ' ';
      line += options.ids ? std::to_string(entry.tokens.ids[i]) : tokenizer::TokenText(entry.tokens.ids[i]);
    }
    line += '\n';
    output.Write(line);
    tokens += static_cast<int64_t>(entry.tokens.size());
    progress.Update(tokens, entries.input().Progress());
  }
  inference::ReportInput(entries.input(), progress);
  output.Commit();
}

}  // namespace agront
