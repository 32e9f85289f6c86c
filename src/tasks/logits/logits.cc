// SPDX-License-Identifier: Apache-2.0
#include "agront/logits.h"

#include "inference/array_output.h"
#include "inference/session.h"
#include "ops/softmax/softmax.h"

namespace agront {

void Logits(const LogitsOptions& options) {
  inference::Session session(options.job, options.input);
  session.engine().ExpectLanguageModel();
  const auto writer = inference::CreateArrayFile(options.job, session.provenance());
  inference::EntryColumns columns(*writer, session.has_regions());
  inference::OffsetColumn offsets(*writer);
  const size_t values = writer->Add(options.probabilities ? "probabilities" : "logits", formats::ArrayKind::kFloat32,
                                    {session.shape().vocabulary});
  const auto compute = [&](const data::EntryBatch& packed, model::ForwardOutput& forward) {
    session.engine().Forward(packed.batch, {.all_logits = true}, forward);
    if (options.probabilities) ops::SoftmaxForward(forward.logits.view(), forward.logits.view());
  };
  session.ForEachBatch("computing logits", compute, [&](const auto& packed, const auto& forward) {
    writer->AppendRows(values, std::span<const float>(forward.logits.view().values()));
    for (const data::Entry& entry : packed.entries) {
      columns.Append(entry);
      offsets.Append(static_cast<int64_t>(entry.tokens.size()));
    }
  });
  writer->SetProvenance(session.provenance());
  inference::CommitArrays(options.job, *writer);
}

}  // namespace agront
