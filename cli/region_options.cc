// SPDX-License-Identifier: Apache-2.0
#include "region_options.h"

namespace agront::cli {
namespace {

constexpr char kGroup[] = "Regions of a genome";

}  // namespace

void AddGenomeOptions(CLI::App& command, std::string& genome, std::string& feature, std::string& window,
                      bool& pads_at_ends) {
  command.add_option("--genome", genome, "Genome in FASTA that the regions are of")->type_name("FASTA")->group(kGroup);
  command.add_option("--feature", feature, "Types of the GFF3 lines to read as regions, separated by commas")
      ->type_name("TYPE")
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option(
          "--window", window,
          "Bases to read around each region, on its strand: promoter, terminator, expression, feature, or as in "
          "start-165+5, end-150+20, centre-500+500; default: the window that a model was trained with, else "
          "feature")
      ->type_name("WINDOW")
      ->group(kGroup);
  command
      .add_flag("--pad-at-ends", pads_at_ends,
                "Fill with N where a window reaches past the end of its sequence, instead of an error")
      ->group(kGroup);
}

void AddRegionOptions(CLI::App& command, std::string& regions, std::vector<std::string>& region_list) {
  command
      .add_option("--regions", regions,
                  "File with the regions of --genome to read: each is a record, 5' to 3' on its own strand, with its "
                  "name in this file")
      ->type_name("BED|GFF3")
      ->group(kGroup);
  command
      .add_option(
          "--region", region_list,
          "Region of --genome to read, instead of --regions: chr, chr:from, chr:from-to, chr:from-to:- (from 1, "
          "both ends included, as samtools; - is the reverse strand); may be given several times")
      ->type_name("REGION")
      ->group(kGroup)
      ->expected(1)
      ->take_all();
}

}  // namespace agront::cli
