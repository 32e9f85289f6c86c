// SPDX-License-Identifier: Apache-2.0
#include "region_options.h"

namespace agront::cli {

void AddRegionOptions(CLI::App& command, const RegionValues& values) {
  constexpr char kGroup[] = "Regions of a genome";
  command.add_option("--genome", values.genome, "Genome in FASTA that the regions are of")
      ->type_name("FASTA")
      ->group(kGroup);
  if (values.regions != nullptr)
    command
        .add_option("--regions", *values.regions,
                    "File with the regions of --genome to read: each is a record, 5' to 3' on its own strand, with its "
                    "name in this file")
        ->type_name("BED|GFF3")
        ->group(kGroup);
  if (values.region_list != nullptr)
    command
        .add_option("--region", *values.region_list,
                    "Region of --genome to read, instead of --regions: chr, chr:from, chr:from-to, chr:from-to:- (from "
                    "1, both ends included, as samtools; - is the reverse strand); may be given several times")
        ->type_name("REGION")
        ->group(kGroup)
        ->expected(1)
        ->take_all();
  command.add_option("--feature", values.feature, "Types of the GFF3 lines to read as regions, separated by commas")
      ->type_name("TYPE")
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option(
          "--window", values.window,
          "Bases to read around each region, on its strand: promoter, terminator, expression, feature, or as in "
          "start-165+5, end-150+20, centre-500+500; default: feature, the region itself (predict and evaluate: "
          "the window that the model was trained with)")
      ->type_name("WINDOW")
      ->group(kGroup);
  command
      .add_flag("--pad-at-ends", values.pads_at_ends,
                "Fill with N where a window reaches past the end of its sequence, instead of an error")
      ->group(kGroup);
}

}  // namespace agront::cli
