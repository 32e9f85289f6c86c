// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.h"

#include <algorithm>

#include "base/error.h"

namespace agront::training {
namespace {

/// Even parts, but for the last, that begin at multiples of a cache line.
std::vector<int64_t> PartsOfRanks(int64_t count, int ranks) {
  constexpr int64_t kLine = 64 / sizeof(float);
  const int64_t part = ((count + ranks - 1) / ranks + kLine - 1) / kLine * kLine;
  std::vector<int64_t> bounds = {0};
  for (int rank = 0; rank < ranks; ++rank) bounds.push_back(std::min(count, bounds.back() + part));
  return bounds;
}

/// The parts' bounds inside the run [first, last), counted from its start.
std::vector<int64_t> BoundsWithin(const std::vector<int64_t>& bounds, int64_t first, int64_t last) {
  std::vector<int64_t> within;
  for (const int64_t bound : bounds) within.push_back(std::clamp(bound, first, last) - first);
  return within;
}

constexpr char kFirstMoments[] = "first_moments";
constexpr char kSecondMoments[] = "second_moments";

}  // namespace

Optimizer::Optimizer(model::TrainingParameters& parameters, ranks::Communicator& ranks,
                     const ops::AdamWSettings& settings)
    : parameters_(parameters),
      ranks_(ranks),
      settings_(settings),
      bounds_(PartsOfRanks(static_cast<int64_t>(parameters.gradients().size()), ranks.size())) {
  const int64_t begin = bounds_[ranks.rank()];
  const int64_t end = bounds_[ranks.rank() + 1];
  for (const model::PlacedParameter& placed : parameters.table()) {
    if (placed.is_frozen) continue;
    const int64_t first = std::max(begin, placed.gradient_offset);
    const int64_t last = std::min(end, placed.gradient_offset + placed.parameter.size());
    if (first < last)
      segments_.push_back(
          {placed.value_offset + first - placed.gradient_offset, first, last - first, placed.parameter.cols != 0});
  }
  for (const model::TrainableRange& range : parameters.trainable_ranges())
    shared_values_.emplace_back(range.value_offset,
                                BoundsWithin(bounds_, range.gradient_offset, range.gradient_offset + range.size));
  const auto own = static_cast<size_t>(end - begin);
  first_moments_ = tensor::AlignedBuffer<float>(own);
  second_moments_ = tensor::AlignedBuffer<float>(own);
  std::ranges::fill(Part(first_moments_), 0.0f);
  std::ranges::fill(Part(second_moments_), 0.0f);
}

void Optimizer::StartSum(int64_t first, int64_t last) {
  for (const auto& sum : sums_) sum->Progress();
  const auto run = parameters_.gradients().subspan(static_cast<size_t>(first), static_cast<size_t>(last - first));
  sums_.push_back(ranks_.StartSumOfParts(run, BoundsWithin(bounds_, first, last)));
}

double Optimizer::FinishSums() {
  for (const auto& sum : sums_) sum->Finish();
  sums_.clear();
  const auto begin = static_cast<size_t>(bounds_[ranks_.rank()]);
  double square = ops::SumOfSquares(parameters_.gradients().subspan(begin, first_moments_.size()));
  ranks_.Sum({&square, 1});
  return square;
}

void Optimizer::Update(const ops::AdamWStep& step) {
  const int64_t begin = bounds_[ranks_.rank()];
  ops::AdamWSettings without_decay = settings_;
  without_decay.weight_decay = 0;
  for (const Segment& segment : segments_) {
    const auto size = static_cast<size_t>(segment.size);
    const auto own = static_cast<size_t>(segment.gradient_offset - begin);
    ops::AdamWUpdate({.values = parameters_.values().subspan(static_cast<size_t>(segment.value_offset), size),
                      .gradients = parameters_.gradients().subspan(static_cast<size_t>(segment.gradient_offset), size),
                      .first_moments = Part(first_moments_).subspan(own, size),
                      .second_moments = Part(second_moments_).subspan(own, size)},
                     segment.decays ? settings_ : without_decay, step);
  }
  for (const auto& [offset, bounds] : shared_values_)
    ranks_.ShareParts(parameters_.values().subspan(static_cast<size_t>(offset), static_cast<size_t>(bounds.back())),
                      bounds);
}

std::vector<formats::TensorEntry> Optimizer::StateEntries(int64_t size) {
  return {{kFirstMoments, tensor::DType::kFloat32, {size}}, {kSecondMoments, tensor::DType::kFloat32, {size}}};
}

void Optimizer::Save(formats::SafetensorsWriter* writer) {
  const auto append = [&](std::span<const float> values) { writer->Write(std::as_bytes(values)); };
  ranks_.Collect(Part(first_moments_), append);
  ranks_.Collect(Part(second_moments_), append);
}

void Optimizer::Load(const formats::TensorArchive& archive) {
  const auto load = [&](const char* name, std::span<float> part) {
    const auto entry = std::ranges::find(archive.entries(), name, &formats::TensorEntry::name);
    if (entry == archive.entries().end() || entry->shape != std::vector<int64_t>{size()} ||
        entry->dtype != tensor::DType::kFloat32)
      Fail("{}: expected a float32 tensor {} [{}], the state of the optimizer", archive.path(), name, size());
    const formats::TensorValues values = archive.Read(static_cast<size_t>(entry - archive.entries().begin()));
    std::copy_n(values.data + bounds_[ranks_.rank()], part.size(), part.data());
  };
  load(kFirstMoments, Part(first_moments_));
  load(kSecondMoments, Part(second_moments_));
}

}  // namespace agront::training
