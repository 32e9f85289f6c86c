// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_reader.h"

#include <algorithm>

#include "formats/sequences/feature_types.h"
#include "formats/sequences/placed_bases.h"
#include "formats/sequences/region_list.h"
#include "genome/feature_window.h"

namespace agront::formats {
namespace {

class RegionReader : public SequenceReader {
 public:
  explicit RegionReader(const InputOptions& input)
      : window_(genome::ParseFeatureWindow(input.window.empty() ? "feature" : input.window)),
        pads_at_ends_(input.pads_at_ends),
        genome_(input.genome),
        regions_(OpenNamedRegions(input.regions, input.region_list, input.feature, genome_)) {
    if (!input.regions.empty()) CheckFeatureTypes({input.regions}, input.feature);
  }

  bool NextRecord(std::string& name) override {
    genome::Region feature;
    if (!regions_->Next(feature)) return false;
    placement_ = std::make_shared<const genome::Placement>(
        PlaceWindow(feature, window_, genome_, pads_at_ends_, regions_->Place()));
    read_ = 0;
    name = feature.name;
    return true;
  }

  bool ReadBases(size_t wanted, std::string& bases) override {
    const int64_t length = placement_->region.end - placement_->region.start;
    if (bases.size() >= wanted) return read_ < length;
    const int64_t piece = std::min(static_cast<int64_t>(wanted - bases.size()), length - read_);
    bases += FetchPlaced(*placement_, read_, read_ + piece, genome_, counts_);
    read_ += piece;
    return read_ < length;
  }

  std::shared_ptr<const genome::Placement> placement() const override { return placement_; }
  std::string Place() const override { return regions_->Place(); }
  const LetterCounts& counts() const override { return counts_; }
  double Progress() const override { return regions_->Progress(); }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = genome_.Notes();
    for (std::string& note : regions_->Notes()) notes.push_back(std::move(note));
    return notes;
  }

 private:
  genome::FeatureWindow window_;
  bool pads_at_ends_;
  IndexedFasta genome_;
  std::unique_ptr<RegionFile> regions_;
  std::shared_ptr<const genome::Placement> placement_;  // of the record
  int64_t read_ = 0;
  LetterCounts counts_;
};

}  // namespace

std::unique_ptr<RegionFile> OpenNamedRegions(const std::string& file, const std::vector<std::string>& list,
                                             const std::string& feature, const IndexedFasta& genome) {
  return list.empty() ? OpenRegionFile(file, feature) : OpenRegionList(list, genome);
}

std::unique_ptr<SequenceReader> OpenRegions(const InputOptions& input) { return std::make_unique<RegionReader>(input); }

}  // namespace agront::formats
