// SPDX-License-Identifier: Apache-2.0
// What decides about the bytes that a run makes of records.
#pragma once

#include <string>

#include "agront/score.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/variants/variant_encoder.h"
#include "inference/provenance.h"
#include "tasks/score/manifest.h"
#include "tasks/score/score_fields.h"

namespace agront::tasks {

/// A word for a format of the output, and back. Throws Error for a word that is none.
const char* WordOf(formats::VariantFormat format);
formats::VariantFormat FormatOf(const std::string& word);

/// The bytes behind the records.
std::string EndOf(formats::VariantFormat format);

/// How many records a chunk has.
int64_t ChunkRecords(const ScoreOptions& options);

/// `header` is the bytes of the output before the records: its lines have the model's hash and what the scores depend
/// on. `genome` is null where the variants have bases of their own.
RunKey KeyOf(const ScoreOptions& options, const ScorePlan& plan, const inference::Provenance& provenance,
             formats::VariantFormat format, const std::string& header, const formats::IndexedFasta* genome);

}  // namespace agront::tasks
