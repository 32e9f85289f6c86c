// SPDX-License-Identifier: Apache-2.0
#include "tasks/embed/embedding_sink.h"

#include <optional>

#include "base/error.h"
#include "base/output_file.h"
#include "inference/array_output.h"

namespace agront::tasks {
namespace {

class ArraySink : public EmbeddingSink {
 public:
  ArraySink(const EmbedOptions& options, const inference::Provenance& provenance,
            const std::vector<std::string>& layers, int64_t channels)
      : writer_(inference::CreateArrayFile(options.job, provenance)), columns_(*writer_) {
    if (options.pooling == Pooling::kNone) offsets_.emplace(*writer_);
    for (const std::string& layer : layers)
      layers_.push_back(writer_->Add(layer, formats::ArrayKind::kFloat32, {channels}));
  }

  void AppendPooled(const std::string& name, int64_t start, int64_t end,
                    const std::vector<std::vector<float>>& layers) override {
    columns_.Append(name, start, end);
    for (size_t i = 0; i < layers.size(); ++i) writer_->AppendRows(layers_[i], std::span<const float>(layers[i]));
  }

  void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) override {
    columns_.Append(entry.name, entry.start, entry.end);
    offsets_->Append(static_cast<int64_t>(entry.tokens.size()));
    for (size_t i = 0; i < layers.size(); ++i) writer_->AppendRows(layers_[i], layers[i]);
  }

  void Commit() override { writer_->Commit(); }

 private:
  std::unique_ptr<formats::ArrayWriter> writer_;
  inference::EntryColumns columns_;
  std::optional<inference::OffsetColumn> offsets_;
  std::vector<size_t> layers_;
};

class TableSink : public EmbeddingSink {
 public:
  TableSink(const EmbedOptions& options, const inference::Provenance& provenance, std::vector<std::string> layers,
            int64_t channels)
      : file_(options.job.output, options.job.force), layers_(std::move(layers)), channels_(channels) {
    std::string header = inference::TableLines(provenance) + "#name\tstart\tend\tlayer";
    for (int64_t c = 0; c < channels; ++c) header += fmt::format("\tc{}", c);
    file_.Write(header + "\n");
  }

  void AppendPooled(const std::string& name, int64_t start, int64_t end,
                    const std::vector<std::vector<float>>& layers) override {
    for (size_t i = 0; i < layers.size(); ++i) WriteLine(name, start, end, layers_[i], layers[i]);
  }

  void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) override {
    for (size_t token = 0; token < entry.tokens.size(); ++token)
      for (size_t i = 0; i < layers.size(); ++i)
        WriteLine(entry.name, entry.start + entry.tokens.begin[token], entry.start + entry.tokens.end[token],
                  layers_[i], layers[i].subspan(token * channels_, channels_));
  }

  void Commit() override { file_.Commit(); }

 private:
  void WriteLine(const std::string& name, int64_t start, int64_t end, const std::string& layer,
                 std::span<const float> values) {
    std::string line = fmt::format("{}\t{}\t{}\t{}", name, start, end, layer);
    for (const float value : values) line += fmt::format("\t{}", value);  // the shortest text that reads back the same
    file_.Write(line + "\n");
  }

  OutputFile file_;
  std::vector<std::string> layers_;
  size_t channels_;
};

}  // namespace

std::unique_ptr<EmbeddingSink> CreateSink(const EmbedOptions& options, const inference::Provenance& provenance,
                                          const std::vector<std::string>& layers, int64_t channels) {
  if (options.job.output.ends_with(".tsv")) return std::make_unique<TableSink>(options, provenance, layers, channels);
  if (!inference::IsArrayFile(options.job.output))
    FailUsage("output: expected a name that ends in .npz, .safetensors or .tsv, got {:?}", options.job.output);
  return std::make_unique<ArraySink>(options, provenance, layers, channels);
}

}  // namespace agront::tasks
