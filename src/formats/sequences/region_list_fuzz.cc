// SPDX-License-Identifier: Apache-2.0
// Regions and windows that a user types, a line each.
#include "formats/sequences/region_list.h"

#include "formats/fuzz_files.h"
#include "genome/feature_window.h"

namespace agront::formats {
namespace {

void ReadAll(const std::string& text, const IndexedFasta& genome) {
  const auto regions = OpenRegionList({text}, genome);
  for (genome::Region region; regions->Next(region);)
    Expect(region.start >= 0 && region.start < region.end, "a region has bases");
}

void ReadWindow(const std::string& text) {
  const genome::FeatureWindow window = genome::ParseFeatureWindow(text);
  Expect(window.before <= INT32_MAX && window.after <= INT32_MAX, "a window is no longer than a chromosome");
  for (const bool reverse : {false, true}) {
    const genome::Region of =
        WindowOf({.name = "gene", .sequence = "chr1", .start = 3, .end = 9, .reverse = reverse}, window);
    Expect(of.reverse == reverse, "a window is on its feature's strand");
  }
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  static const IndexedFasta genome(folder.Write("genome.fa", ">chr1\nACGTACGTAC\nGT\n>chr2:1-3\nACGT\n"));
  const std::string text(TextOf(data, size));
  Parse([&] { ReadAll(text, genome); });
  Parse([&] { ReadWindow(text); });
  return 0;
}
