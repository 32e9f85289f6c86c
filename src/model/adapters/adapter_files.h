// SPDX-License-Identifier: Apache-2.0
// Adapters in folders, in the layout of Hugging Face's PEFT: adapter_config.json and adapter_model.safetensors.
//
// We read those of EsmForMaskedLM, EsmForSequenceClassification, EsmForTokenClassification and EsmModel.
// PeftModel.from_pretrained loads those that we write into the first three. Ours record the model that they belong to.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/output_folder.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/model_identity.h"
#include "model/checkpoints/named_tensors.h"
#include "model/parameters/adapter_weights.h"

namespace agront::model {

struct AdapterFile {
  Adapter adapter;
  /// The head that PEFT saves beside the adapter of a classifier (modules_to_save), by the names that it has in the
  /// model: "classifier.out_proj.weight". Often none.
  std::map<std::string, NamedTensor> classifier;
  std::string task_type;  ///< "SEQ_CLS", "TOKEN_CLS", or another, or nothing
};

/// Throws Error when the folder is no adapter, its settings ask for what we do not compute, tensors are missing, of
/// another shape, of no part that adapters have, or not finite; and when it records another base model than `base`.
AdapterFile ReadAdapter(const std::string& folder, const Checkpoint& base);

/// Whether it is the name of a file that an adapter's folder of ours has.
bool IsAdapterFile(std::string_view name);

/// Writes both files and a card, README.md. `metadata` is written beside the tensors, with the keys of the base model.
void WriteAdapter(const Adapter& adapter, const ModelShape& shape, const ModelIdentity& base,
                  const std::map<std::string, std::string>& metadata, OutputFolder& folder);

}  // namespace agront::model
