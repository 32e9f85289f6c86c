// SPDX-License-Identifier: Apache-2.0
// The job `agront convert`: any checkpoint as a Hugging Face folder.
#pragma once

#include <string>

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

/// The number format in which weights are stored.
enum class StoredPrecision {
  kFp32,
  kBf16,
  kFp16,
  kInt8,  ///< the matrices of the blocks, with a scale for each output channel; only this program reads it
};

struct ConvertOptions {
  JobOptions job;      ///< job.output is a folder that does not exist yet, or is overwritten with `force`
  std::string source;  ///< the folder to read; empty: job.model
  StoredPrecision precision = StoredPrecision::kFp32;
  bool packed = false;  ///< fp32, bf16 or int8, in the layout of this processor's matrix products
};

/// Writes model.safetensors, config.json, vocab.txt, tokenizer_config.json and special_tokens_map.json, which
/// EsmForMaskedLM.from_pretrained and EsmTokenizer.from_pretrained load; but for int8, which is this program's own:
/// there the matrices of the blocks are int8 in [-64, 64], each with a tensor of scales. With `packed` the weights are
/// in packed.safetensors instead, which is used as it lies in memory, shared by all processes: no time to load, on
/// processors of this kind only. A classifier (EsmForSequenceClassification, EsmForTokenClassification) stays one, in
/// fp32. An adapter that PEFT saved with a classifier's head makes one of any base, with that head: a language-model
/// head of the base is left out. The folder appears whole or not at all. Throws UsageError for a precision that does
/// not go with `packed` or a classifier, Error for a model or an adapter that cannot be read and
/// a folder that cannot be written. Any thread may call it, one job at a time.
AGRONT_EXPORT void Convert(const ConvertOptions& options);

}  // namespace agront
