// SPDX-License-Identifier: Apache-2.0
// BED and GFF3, plain or compressed.
#include "formats/sequences/region_file.h"

#include "formats/fuzz_files.h"
#include "formats/sequences/feature_types.h"

namespace agront::formats {
namespace {

void ReadAll(const std::string& path, const std::string& feature) {
  const auto regions = OpenRegionFile(path, feature);
  for (genome::Region region; regions->Next(region);) {
    Expect(region.start >= 0 && region.start < region.end, "a region has bases");
    for (const char* key : {"name", "score", "strand", "ID"}) Parse([&] { regions->Value(key); });
    CheckMessage(regions->Place());
  }
  CheckMessages(regions->Notes());
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string bed = folder.Write("regions.bed", TextOf(data, size));
  const std::string gff = folder.Write("regions.gff3", TextOf(data, size));
  Parse([&] { ReadAll(bed, ""); });
  Parse([&] { ReadAll(gff, ""); });
  Parse([&] { ReadAll(gff, "gene,mRNA"); });
  Parse([&] { CheckFeatureTypes({gff}, "gene,mRNA"); });
  return 0;
}
