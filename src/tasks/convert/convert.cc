// SPDX-License-Identifier: Apache-2.0
#include "agront/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/output_file.h"
#include "base/output_folder.h"
#include "base/progress.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "inference/provenance.h"
#include "inference/start.h"
#include "model/config.h"
#include "model/embedded_model.h"
#include "model/model_hash.h"
#include "ops/matmul/quantize_weights.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

tensor::DType ParsePrecision(const std::string& precision) {
  if (precision == "fp32") return tensor::DType::kFloat32;
  if (precision == "bf16") return tensor::DType::kBFloat16;
  if (precision == "fp16") return tensor::DType::kFloat16;
  if (precision == "int8") return tensor::DType::kInt8;
  FailUsage("precision: expected fp32, bf16, fp16 or int8, got {:?}", precision);
}

void WriteText(const std::string& path, const std::string& text) {
  OutputFile file(path, true);
  file.Write(text);
  file.Commit();
}

constexpr std::array kFiles = {"config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json",
                               "special_tokens_map.json"};

/// float16 has no numbers above 65504; rounding starts at 65520.
void CheckFitsFloat16(const std::string& path, const std::string& name, std::span<const float> row) {
  constexpr float kBecomesInfinite = 65520;
  for (const float value : row)
    if (std::isfinite(value) && std::abs(value) >= kBecomesInfinite)
      Fail("{}: parameter {}: expected numbers that fp16 can hold, up to 65504, got {}; bf16 holds it", path, name,
           value);
}

/// The tensors of the file: each parameter, and behind each int8 matrix its scales.
std::vector<formats::TensorEntry> Entries(const model::Checkpoint& checkpoint, tensor::DType dtype) {
  std::vector<formats::TensorEntry> entries;
  for (const model::Parameter& parameter : checkpoint.parameters()) {
    std::vector<int64_t> shape = {parameter.rows};
    if (parameter.cols != 0) shape.push_back(parameter.cols);
    const tensor::DType stored = model::StoredDType(checkpoint, parameter, dtype);
    entries.push_back({parameter.hugging_face, stored, shape});
    if (stored == tensor::DType::kInt8)
      entries.push_back({parameter.hugging_face + model::kScaleSuffix, tensor::DType::kFloat32, {parameter.rows, 1}});
  }
  return entries;
}

void WriteInt8(const ops::Int8WeightView& view, formats::SafetensorsWriter& writer) {
  writer.Write(std::as_bytes(std::span(view.data, static_cast<size_t>(view.out * view.in))));
  writer.Write(std::as_bytes(std::span(view.scales, static_cast<size_t>(view.out))));
}

void WriteWeights(const model::Checkpoint& checkpoint, tensor::DType dtype,
                  const std::map<std::string, std::string>& metadata, const std::string& path, bool quiet) {
  const std::vector<formats::TensorEntry> entries = Entries(checkpoint, dtype);
  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = metadata});
  Progress progress("writing", "values", quiet);
  const auto total = static_cast<double>(model::CountValues(checkpoint.shape()));
  std::vector<std::byte> stored;
  int64_t done = 0;
  auto entry = entries.begin();
  for (const model::Parameter& parameter : checkpoint.parameters()) {
    const tensor::DType stored_as = entry->dtype;
    entry += stored_as == tensor::DType::kInt8 ? 2 : 1;
    if (stored_as == tensor::DType::kInt8) {
      WriteInt8(ops::Quantize(checkpoint.Read(parameter)).view, writer);
    } else {
      model::ForEachRow(checkpoint.Read(parameter), [&](std::span<const float> row) {
        if (stored_as == tensor::DType::kFloat16) CheckFitsFloat16(checkpoint.path(), parameter.name, row);
        stored.resize(row.size() * tensor::SizeOf(stored_as));
        tensor::FromFloat32(stored_as, row, stored.data());
        writer.Write(stored);
      });
    }
    done += parameter.size();
    progress.Update(done, static_cast<double>(done) / total);
  }
  writer.Commit();
}

}  // namespace

void Convert(const ConvertOptions& options) {
  const tensor::DType dtype = ParsePrecision(options.precision);
  if (options.job.output == "-") FailUsage("output: expected a folder to write (-o), got standard output");
  JobOptions job = options.job;
  if (!options.source.empty()) job.model = options.source;
  inference::Start(job);
  const auto checkpoint = model::OpenModel(job.model);
  std::error_code missing;
  if (fs::equivalent(job.output, job.model, missing))
    FailUsage("output: expected another folder than the model's own, got {}", job.output);
  OutputFolder folder(job.output, job.force, "convert",
                      [](const std::string& name) { return std::ranges::find(kFiles, name) != kFiles.end(); });

  std::map<std::string, std::string> metadata = {{"format", "pt"}};
  for (const auto& [key, text] : inference::DescribeRun(job, *checkpoint)) metadata["agront." + key] = text;
  {
    const int64_t count = model::CountValues(checkpoint->shape());
    Progress progress("hashing", "values", job.quiet);
    const auto show = [&](int64_t done) {
      progress.Update(done, static_cast<double>(done) / static_cast<double>(count));
    };
    metadata[model::kModelHashKey] = model::ComputeModelHash(*checkpoint, dtype, show);
    const std::string source = model::ComputeModelHash(*checkpoint, tensor::DType::kFloat32, show);
    const auto original = checkpoint->metadata().find(model::kSourceHashKey);
    if (original != checkpoint->metadata().end())
      metadata[model::kSourceHashKey] = original->second;
    else if (source != metadata[model::kModelHashKey])
      metadata[model::kSourceHashKey] = source;
    if (const auto left_out = checkpoint->UnusedTensors(); !left_out.empty())
      progress.Note(fmt::format("left out, not part of the masked language model: {}", fmt::join(left_out, ", ")));
  }
  WriteWeights(*checkpoint, dtype, metadata, folder.File("model.safetensors"), job.quiet);

  WriteText(folder.File("config.json"),
            model::WriteHuggingFaceConfig(
                checkpoint->shape(), tensor::Name(dtype == tensor::DType::kInt8 ? tensor::DType::kFloat32 : dtype)));
  WriteText(folder.File("vocab.txt"), tokenizer::VocabularyFile());
  WriteText(folder.File("tokenizer_config.json"),
            "{\n  \"clean_up_tokenization_spaces\": true,\n  \"eos_token\": null,\n  \"model_max_length\": " +
                std::to_string(checkpoint->shape().max_tokens()) + ",\n  \"tokenizer_class\": \"EsmTokenizer\"\n}\n");
  WriteText(folder.File("special_tokens_map.json"),
            "{\n  \"cls_token\": \"<cls>\",\n  \"mask_token\": \"<mask>\",\n  \"pad_token\": \"<pad>\",\n"
            "  \"unk_token\": \"<unk>\"\n}\n");
  folder.Commit();
}

}  // namespace agront
