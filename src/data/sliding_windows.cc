// SPDX-License-Identifier: Apache-2.0
#include "data/sliding_windows.h"

#include <utility>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::data {

SlidingWindows::SlidingWindows(std::unique_ptr<formats::SequenceReader> genome, int64_t window, int64_t stride)
    : genome_(std::move(genome)), window_(window), stride_(stride) {
  if (window < 1) FailUsage("--window-bp: expected at least 1, got {}", window);
  if (stride < 1 || stride > window) FailUsage("--stride-bp: expected 1 to the window's {}, got {}", window, stride);
}

void SlidingWindows::PlaceRegion() {
  start_ = first_ = 0;
  const auto placement = genome_->placement();
  if (!placement) {
    if (const auto [first, is_new] = sequences_.emplace(name_, genome_->Place()); !is_new)
      Fail("{}: expected each sequence once, got {} again, first at {}", genome_->Place(), formats::Printable(name_),
           first->second);
    return;
  }
  const genome::Region& region = placement->region;
  if (region.reverse)
    FailUsage("{}: expected a region on the forward strand, as bedGraph has one value a base", genome_->Place());
  for (const genome::Region& other : regions_)
    if (other.sequence == region.sequence && other.start < region.end && region.start < other.end)
      FailUsage("{}: expected regions without bases in common, got {} too", genome_->Place(), other.name);
  regions_.push_back(region);
  name_ = region.sequence;
  start_ = first_ = region.start;
}

bool SlidingWindows::NextSequence() {
  while (genome_->NextRecord(name_)) {
    bases_.clear();
    PlaceRegion();
    genome_->ReadBases(static_cast<size_t>(window_), bases_);
    if (static_cast<int64_t>(bases_.size()) >= window_) return true;
    ++too_short_;
  }
  return false;
}

bool SlidingWindows::Next(SlidingWindow& window) {
  const bool is_first = !has_window_;
  if (is_first && !NextSequence()) return false;
  genome_->ReadBases(static_cast<size_t>(window_ + stride_), bases_);
  has_window_ = static_cast<int64_t>(bases_.size()) >= window_ + stride_;
  const int64_t margin = (window_ - stride_) / 2;
  window.sequence = name_;
  window.start = start_;
  window.bases = bases_.substr(0, static_cast<size_t>(window_));
  window.area_start = start_ == first_ ? first_ : start_ + margin;
  window.area_end = has_window_ ? start_ + margin + stride_ : start_ + static_cast<int64_t>(bases_.size());
  bases_.erase(0, static_cast<size_t>(stride_));
  start_ += stride_;
  return true;
}

}  // namespace agront::data
