// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_reader.h"

#include <algorithm>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/feature_types.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/sequences/region_file.h"
#include "genome/nucleotide.h"

namespace agront::formats {
namespace {

class RegionReader : public SequenceReader {
 public:
  RegionReader(const std::string& genome, const std::string& regions, const std::string& feature)
      : genome_(genome), regions_(OpenRegionFile(regions, feature)) {
    CheckFeatureTypes({regions}, feature);
  }

  bool NextRecord(std::string& name) override {
    if (!regions_->Next(region_)) return false;
    const int64_t length = genome_.Length(region_.sequence);
    if (length < 0)
      Fail("{}: {} has no sequence {}; its first are {}", regions_->Place(), genome_.path(),
           Printable(region_.sequence), fmt::join(genome_.SomeNames(), ", "));
    if (region_.end > length)
      Fail("{}: region {}:{}-{} lies outside its sequence of {} bases", regions_->Place(), Printable(region_.sequence),
           region_.start, region_.end, length);
    read_ = 0;
    name = region_.name;
    return true;
  }

  bool ReadBases(size_t wanted, std::string& bases) override {
    const int64_t length = region_.end - region_.start;
    if (bases.size() >= wanted) return read_ < length;
    const int64_t piece = std::min(static_cast<int64_t>(wanted - bases.size()), length - read_);
    const int64_t start = region_.reverse ? region_.end - read_ - piece : region_.start + read_;
    std::string part = genome_.Fetch(region_.sequence, start, start + piece, counts_);
    if (region_.reverse) genome::ReverseComplement(part);
    bases += part;
    read_ += piece;
    return read_ < length;
  }

  std::string Place() const override { return regions_->Place(); }
  const LetterCounts& counts() const override { return counts_; }
  double Progress() const override { return regions_->Progress(); }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = genome_.Notes();
    for (std::string& note : regions_->Notes()) notes.push_back(std::move(note));
    return notes;
  }

 private:
  IndexedFasta genome_;
  std::unique_ptr<RegionFile> regions_;
  genome::Region region_;
  int64_t read_ = 0;
  LetterCounts counts_;
};

}  // namespace

std::unique_ptr<SequenceReader> OpenRegions(const std::string& genome, const std::string& regions,
                                            const std::string& feature) {
  return std::make_unique<RegionReader>(genome, regions, feature);
}

}  // namespace agront::formats
