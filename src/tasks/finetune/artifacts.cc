// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/artifacts.h"
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "agront/convert.h"
#include "base/output_folder.h"
#include "base/path.h"
#include "inference/finetuned_model.h"
#include "inference/provenance.h"
#include "model/adapters/adapter_files.h"
#include "model/checkpoints/changed_model.h"
#include "model/checkpoints/model_folder.h"
#include "model/checkpoints/model_identity.h"
#include "model/heads/classifier_files.h"
#include "model/heads/task_head_files.h"
#include "model/open_model.h"
#include "tasks/finetune/run/settings.h"
#include "tensor/dtype.h"
#include "tensor/precision.h"

namespace agront::tasks {
namespace {

using Metadata = std::map<std::string, std::string>;

bool IsOfHead(const std::string& parameter) { return parameter.starts_with("task."); }

Metadata MetadataOf(const JobOptions& job, const model::Checkpoint& base) {
  Metadata metadata;
  for (const auto& [key, text] : inference::DescribeRun(job, base)) metadata["agront." + key] = text;
  model::AddDescent(base, metadata);
  return metadata;
}

void WriteAdapterFolder(const std::string& path, const TrainedModel& trained, const model::Checkpoint& base,
                        const Metadata& metadata) {
  model::Adapter adapter{.config = trained.adapter, .values = {}};
  for (const auto& [name, values] : trained.values)
    if (!IsOfHead(name)) adapter.values[name] = values;
  OutputFolder folder(path, true, "finetune", model::IsAdapterFile);
  model::WriteAdapter(adapter, base.shape(), model::IdentityOf(base), metadata, folder);
  folder.Commit();
}

/// Returns the hash of the model.
std::string WriteModel(const std::string& path, const TrainedModel& trained, const model::Checkpoint& base,
                       const Metadata& metadata) {
  OutputFolder folder(path, true, "finetune", model::IsModelFile);
  const std::string hash = model::WriteChangedModel(base, trained.values, metadata, folder);
  folder.Commit();
  return hash;
}

model::TaskHead TrainedHeadOf(const TaskData& data, const TrainedModel& trained, const std::string& window) {
  model::TaskHead head{.config = trained.head, .values = {}, .target_transforms = ""};
  for (const auto& [name, values] : trained.values)
    if (IsOfHead(name)) head.values[name] = values;
  if (!data.transform.is_none()) head.target_transforms = data.transform.ToJson();
  model::TrainedOn trained_on{.is_features = data.set->has_placements() && trained.head.task.kind != TaskKind::kToken,
                              .window = window,
                              .shortest = std::numeric_limits<int64_t>::max()};
  for (const int64_t example : data.split.train) {
    trained_on.shortest = std::min(trained_on.shortest, data.set->length(example));
    trained_on.longest = std::max(trained_on.longest, data.set->length(example));
  }
  head.trained_on = trained_on;
  return head;
}

void WriteHeadFolder(const std::string& path, const model::TaskHead& head, const model::Checkpoint& base,
                     const model::ModelIdentity& identity, const Metadata& metadata) {
  OutputFolder folder(path, true, "finetune", model::IsTaskHeadFile);
  model::WriteTaskHead(head, base.shape(), identity, metadata, folder);
  folder.Commit();
}

/// A checkpoint of Hugging Face's class, from the model that was written before.
void WriteClassifierFolder(const std::string& folder, const model::TaskHead& head, Metadata metadata) {
  metadata.erase(model::kModelHashKey);  // the base's
  const auto model = model::Checkpoint::Open(Below(folder, inference::kModelFolder));
  OutputFolder output(Below(folder, inference::kClassifierFolder), true, "finetune", model::IsModelFile);
  model::WriteClassifier(model->shape(), model::RowsOf(*model), head, metadata, output);
  output.Commit();
}

void Merge(const JobOptions& job, const std::string& folder) {
  ConvertOptions convert;
  convert.job = job;
  convert.job.adapter = Below(folder, inference::kAdapterFolder);
  convert.job.output = Below(folder, inference::kModelFolder);
  convert.job.force = true;
  convert.precision = StoredPrecision::kFp32;
  Convert(convert);
}

}  // namespace

void WriteArtifacts(const RunOptions& options, bool merges, const TaskData& data, model::Checkpoint& base,
                    const TrainedModel& trained, const std::string& folder) {
  const Metadata metadata = MetadataOf(options.job, base);
  model::ModelIdentity identity = model::IdentityOf(base);
  if (trained.adapter.kind != model::AdapterKind::kNone)
    WriteAdapterFolder(Below(folder, inference::kAdapterFolder), trained, base, metadata);
  if (options.model.method == FinetuneMethod::kFull)
    identity = {.hash = WriteModel(Below(folder, inference::kModelFolder), trained, base, metadata), .source_hash = ""};
  const std::string window = data.asked.input.window.empty() ? "feature" : data.asked.input.window;
  const model::TaskHead head = TrainedHeadOf(data, trained, window);
  WriteHeadFolder(Below(folder, inference::kHeadFolder), head, base, identity, metadata);
  inference::WriteFinetunedModel(folder,
                                 {.method = NameOf(options.model.method),
                                  .base = options.job.model,
                                  .base_hash = identity.hash,
                                  .precision = tensor::Name(options.job.precision),
                                  .layer = trained.layer,
                                  .long_sequences = options.model.long_sequences,
                                  .window = window},
                                 options.job);
  if (merges) Merge(options.job, folder);
  const bool has_model = merges || options.model.method == FinetuneMethod::kFull;
  if (has_model && model::IsClassifier(trained.head)) WriteClassifierFolder(folder, head, metadata);
}

}  // namespace agront::tasks
