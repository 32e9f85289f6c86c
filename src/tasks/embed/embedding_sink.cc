// SPDX-License-Identifier: Apache-2.0
#include "tasks/embed/embedding_sink.h"

#include <optional>

#include "base/error.h"
#include "inference/array_output.h"
#include "inference/table_output.h"

namespace agront::tasks {
namespace {

using inference::RowBases;

class ArraySink : public EmbeddingSink {
 public:
  ArraySink(const EmbedOptions& options, const inference::Provenance& provenance,
            const std::vector<std::string>& layers, int64_t channels)
      : job_(options.job),
        writer_(inference::CreateArrayFile(options.job, provenance)),
        columns_(*writer_, options.input.has_regions()) {
    if (options.pooling == Pooling::kNone) offsets_.emplace(*writer_);
    for (const std::string& layer : layers)
      layers_.push_back(writer_->Add(layer, formats::ArrayKind::kFloat32, {channels}));
  }

  void AppendPooled(const RowBases& bases, const std::vector<std::vector<float>>& layers) override {
    columns_.Append(bases.name, bases.placement, bases.start, bases.end);
    for (size_t i = 0; i < layers.size(); ++i) writer_->AppendRows(layers_[i], std::span<const float>(layers[i]));
  }

  void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) override {
    columns_.Append(entry);
    offsets_->Append(static_cast<int64_t>(entry.tokens.size()));
    for (size_t i = 0; i < layers.size(); ++i) writer_->AppendRows(layers_[i], layers[i]);
  }

  void Commit(const inference::Provenance& provenance) override {
    writer_->SetProvenance(provenance);
    inference::CommitArrays(job_, *writer_);
  }

 private:
  JobOptions job_;
  std::unique_ptr<formats::ArrayWriter> writer_;
  inference::EntryColumns columns_;
  std::optional<inference::OffsetColumn> offsets_;
  std::vector<size_t> layers_;
};

std::vector<std::string> TableColumns(bool has_regions, int64_t channels) {
  std::vector<std::string> columns = inference::ColumnsOfBases("name", has_regions, {"layer"});
  for (int64_t c = 0; c < channels; ++c) columns.push_back(fmt::format("c{}", c));
  return columns;
}

class TableSink : public EmbeddingSink {
 public:
  TableSink(const EmbedOptions& options, const inference::Provenance& provenance, std::vector<std::string> layers,
            int64_t channels)
      : table_(options.job.output, TableColumns(options.input.has_regions(), channels),
               inference::TableOptionsOf(options.job, provenance)),
        layers_(std::move(layers)),
        channels_(channels) {}

  void AppendPooled(const RowBases& bases, const std::vector<std::vector<float>>& layers) override {
    for (size_t i = 0; i < layers.size(); ++i) WriteRow(bases, layers_[i], layers[i]);
  }

  void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) override {
    for (size_t token = 0; token < entry.tokens.size(); ++token)
      for (size_t i = 0; i < layers.size(); ++i)
        WriteRow({entry.record, entry.name, entry.placement.get(), entry.start + entry.tokens.begin[token],
                  entry.start + entry.tokens.end[token]},
                 layers_[i], layers[i].subspan(token * channels_, channels_));
  }

  void Commit(const inference::Provenance& provenance) override {
    table_.SetProvenance(provenance);
    table_.Commit();
  }

 private:
  void WriteRow(const RowBases& bases, const std::string& layer, std::span<const float> values) {
    inference::WriteBases(table_, bases.name, bases.placement, bases.start, bases.end);
    table_.Text(layer);
    for (const float value : values) table_.Number(value);
    table_.EndRow();
  }

  formats::TableWriter table_;
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
