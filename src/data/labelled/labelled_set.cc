// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/labelled_set.h"

#include <charconv>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/error.h"

namespace agront::data {
namespace {

constexpr size_t kBufferBytes = 1 << 20;
constexpr size_t kMostBases = 100'000'000;
constexpr int64_t kNoLine = -1;

}  // namespace

uint32_t LabelledSet::Words::Index(const std::string& word) {
  const auto [found, is_new] = indices_.try_emplace(word, static_cast<uint32_t>(words_.size()));
  if (is_new) words_.push_back(&found->first);
  return found->second;
}

LabelledSet::LabelledSet(PredictionTask task)
    : task_(std::move(task)), file_(std::make_unique<TemporaryFile>(std::filesystem::temp_directory_path().string())) {}

void LabelledSet::Add(const LabelledExample& example) {
  const bool per_token = task_.kind == TaskKind::kToken;
  if (example.bases.empty() || example.bases.size() > kMostBases)
    Fail("{}: expected 1 to {} bases, got {}", example.place, kMostBases, example.bases.size());
  if (static_cast<int64_t>(example.labels.size()) != task_.num_labels() ||
      example.base_classes.size() != (per_token ? example.bases.size() : 0))
    Fail("{}: expected {} labels and {} classes of bases, got {} and {}", example.place, task_.num_labels(),
         per_token ? example.bases.size() : 0, example.labels.size(), example.base_classes.size());
  Record record{};
  record.bases = file_->size() + pending_.size();
  record.length = static_cast<uint32_t>(example.bases.size());
  record.id = ids_.size();
  record.id_length = static_cast<uint32_t>(example.id.size());
  ids_ += example.id;
  // A place that is no "file:line" is kept whole.
  const size_t colon = example.place.rfind(':');
  const char* end = example.place.data() + example.place.size();
  record.line = kNoLine;
  if (colon != std::string::npos && std::from_chars(example.place.data() + colon + 1, end, record.line).ptr != end)
    record.line = kNoLine;
  record.file = files_.Index(record.line == kNoLine ? example.place : example.place.substr(0, colon));
  record.group = groups_.Index(example.group);
  record.split = splits_.Index(example.split);
  if (example.placement.has_value() != (size() == 0 ? example.placement.has_value() : has_placements()))
    Fail("{}: expected all examples from a genome, or none", example.place);
  if (example.placement) {
    const genome::Region& region = example.placement->region;
    placements_.push_back({region.start, region.end, example.placement->sequence_length,
                           sequences_.Index(region.sequence), region.reverse});
  }
  records_.push_back(record);
  labels_.insert(labels_.end(), example.labels.begin(), example.labels.end());
  pending_ += example.bases;
  pending_ += example.base_classes;
  if (pending_.size() >= kBufferBytes) {
    file_->Append(std::as_bytes(std::span(pending_)));
    pending_.clear();
  }
}

std::string_view LabelledSet::id(int64_t example) const {
  const Record& record = records_[static_cast<size_t>(example)];
  return std::string_view(ids_).substr(record.id, record.id_length);
}

std::string_view LabelledSet::group(int64_t example) const {
  return groups_[records_[static_cast<size_t>(example)].group];
}

std::string_view LabelledSet::split(int64_t example) const {
  return splits_[records_[static_cast<size_t>(example)].split];
}

std::string LabelledSet::place(int64_t example) const {
  const Record& record = records_[static_cast<size_t>(example)];
  if (record.line == kNoLine) return files_[record.file];
  return fmt::format("{}:{}", files_[record.file], record.line);
}

int64_t LabelledSet::length(int64_t example) const { return records_[static_cast<size_t>(example)].length; }

std::string LabelledSet::Bases(int64_t example) const {
  const Record& record = records_[static_cast<size_t>(example)];
  return Read(record.bases, record.length);
}

std::string LabelledSet::BaseClasses(int64_t example) const {
  if (task_.kind != TaskKind::kToken) return {};
  const Record& record = records_[static_cast<size_t>(example)];
  return Read(record.bases + record.length, record.length);
}

std::span<const float> LabelledSet::labels(int64_t example) const {
  const auto count = static_cast<size_t>(task_.num_labels());
  return std::span(labels_).subspan(static_cast<size_t>(example) * count, count);
}

genome::Placement LabelledSet::placement(int64_t example) const {
  const Placed& placed = placements_[static_cast<size_t>(example)];
  return {.region = {std::string(id(example)), sequences_[placed.sequence], placed.start, placed.end, placed.reverse},
          .sequence_length = placed.sequence_length};
}

void LabelledSet::Rename(PredictionTask task, std::span<const int> new_index) {
  if (size() > 0 && task.num_labels() != task_.num_labels())
    Fail("expected a task of {} labels, got {}", task_.num_labels(), task.num_labels());
  task_ = std::move(task);
  if (new_index.empty()) return;
  for (float& label : labels_) label = static_cast<float>(new_index[static_cast<size_t>(label)]);
}

std::string LabelledSet::Read(uint64_t offset, size_t length) const {
  if (offset >= file_->size()) return pending_.substr(offset - file_->size(), length);
  std::string bytes(length, '\0');
  file_->ReadAt(offset, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

}  // namespace agront::data
