// SPDX-License-Identifier: Apache-2.0
#include "agront/convert.h"

#include <fmt/ranges.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/output_folder.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "inference/provenance.h"
#include "inference/start.h"
#include "model/adapters/adapter_files.h"
#include "model/checkpoints/model_folder.h"
#include "model/checkpoints/model_hash.h"
#include "model/checkpoints/model_identity.h"
#include "model/heads/classifier_files.h"
#include "model/open_model.h"
#include "tasks/convert/write_weights.h"
#include "tensor/dtype.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

struct Stored {
  std::string_view name;  ///< as on the command line
  tensor::DType type;
  std::optional<Precision> products;  ///< that packed weights are for; nothing: they cannot be packed
};

/// In the order of the enumeration.
constexpr std::array kStored = {Stored{"fp32", tensor::DType::kFloat32, Precision::kFp32},
                                Stored{"bf16", tensor::DType::kBFloat16, Precision::kBf16},
                                Stored{"fp16", tensor::DType::kFloat16, std::nullopt},
                                Stored{"int8", tensor::DType::kInt8, Precision::kInt8}};

const Stored& StoredAs(StoredPrecision precision) { return kStored.at(static_cast<size_t>(precision)); }

/// The metadata of the file, with the hashes, which read all weights.
tasks::Metadata Describe(const ConvertOptions& options, const JobOptions& job, const model::Checkpoint& checkpoint) {
  tasks::Metadata metadata = {{"format", "pt"}};
  for (const auto& [key, text] : inference::DescribeRun(job, checkpoint)) metadata["agront." + key] = text;
  if (options.packed) metadata[model::kPackedPrecisionKey] = StoredAs(options.precision).name;
  const int64_t count = model::CountValues(checkpoint.shape());
  Progress progress(ReporterOf(job), "hashing", "values");
  const auto show = [&](int64_t done) {
    progress.Update(done, static_cast<double>(done) / static_cast<double>(count));
  };
  const model::StoredFormat format{StoredAs(options.precision).type, options.packed};
  const std::string hash = model::ComputeModelHash(checkpoint, format, show);
  const std::string source = model::ComputeModelHash(checkpoint, {}, show);
  progress.End();
  if (const auto base = checkpoint.RecordedHash(); checkpoint.adapter() && !base.of_header)
    metadata[model::kBaseHashKey] = base.hex;
  metadata[model::kModelHashKey] = hash;
  const auto original = checkpoint.metadata().find(model::kSourceHashKey);
  if (original != checkpoint.metadata().end() && !checkpoint.adapter())
    metadata[model::kSourceHashKey] = original->second;
  else if (source != hash)
    metadata[model::kSourceHashKey] = source;
  model::AddAncestors(checkpoint, metadata);
  if (const auto left_out = checkpoint.UnusedTensors(); !left_out.empty())
    ReporterOf(job).Note(fmt::format("left out, not part of the masked language model: {}", fmt::join(left_out, ", ")));
  return metadata;
}

/// Puts the adapter into the model and gives the head that PEFT saved with it, if there is one.
std::optional<model::TaskHead> TakeAdapter(const std::string& adapter, model::Checkpoint& checkpoint) {
  if (adapter.empty()) return std::nullopt;
  model::AdapterFile file = model::ReadAdapter(adapter, checkpoint);
  std::optional<model::TaskHead> head = model::ReadClassifier(file, checkpoint);
  checkpoint.SetAdapter(std::move(file.adapter));
  return head;
}

/// Encoder and head, as transformers' classes for classifiers load them.
void WriteClassifier(const ConvertOptions& options, const JobOptions& job, model::Checkpoint& checkpoint,
                     const model::TaskHead& head, OutputFolder& folder) {
  if (options.precision != StoredPrecision::kFp32 || options.packed)
    FailUsage("precision: expected fp32 of a classifier, got {}",
              options.packed ? "--packed" : StoredAs(options.precision).name);
  tasks::Metadata metadata;
  for (const auto& [key, text] : inference::DescribeRun(job, checkpoint)) metadata["agront." + key] = text;
  model::AddAncestors(checkpoint, metadata);
  model::WriteClassifier(checkpoint.shape(), model::RowsOf(checkpoint), head, metadata, folder);
}

}  // namespace

void Convert(const ConvertOptions& options) {
  const Stored& stored = StoredAs(options.precision);
  if (options.packed && !stored.products)
    FailUsage("precision: expected fp32, bf16 or int8 with --packed, got {}", stored.name);
  if (options.job.output == "-") FailUsage("output: expected a folder to write (-o), got standard output");
  JobOptions job = options.job;
  if (!options.source.empty()) job.model = options.source;
  const ThreadsOfCall threads = inference::Start(job);
  const auto checkpoint = model::OpenModel(job.model);
  std::optional<model::TaskHead> head = TakeAdapter(job.adapter, *checkpoint);
  std::error_code missing;
  if (fs::equivalent(job.output, checkpoint->path(), missing))
    FailUsage("output: expected another folder than the model's own, got {}", job.output);
  OutputFolder folder(job.output, job.force, "convert", model::IsModelFile);
  if (!head && !checkpoint->HasLanguageModelHead()) {
    head = model::ReadClassifier(*checkpoint);
    if (!head)
      Fail("{}: expected a masked language model or a classifier, got one without either head", checkpoint->path());
  }
  if (head) {
    WriteClassifier(options, job, *checkpoint, *head, folder);
    folder.Commit();
    return;
  }
  const tasks::Metadata metadata = Describe(options, job, *checkpoint);
  if (options.packed)
    tasks::WritePackedWeights(*checkpoint, *stored.products, metadata, folder.File(model::kPackedFile),
                              ReporterOf(job));
  else
    tasks::WriteWeights(*checkpoint, stored.type, metadata, folder.File("model.safetensors"), ReporterOf(job));
  const bool has_own_type = stored.type == tensor::DType::kInt8 || options.packed;
  model::WriteModelDescription(folder, checkpoint->shape(),
                               tensor::Name(has_own_type ? tensor::DType::kFloat32 : stored.type));
  folder.Commit();
}

}  // namespace agront
