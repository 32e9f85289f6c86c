// SPDX-License-Identifier: Apache-2.0
#include "labelled_options.h"

#include "list_option.h"
#include "region_options.h"

namespace agront::cli {
namespace {

/// One option of a group of the help.
template <class T>
CLI::Option* Add(CLI::App& command, const char* group, const char* flag, T& value, const char* type, const char* help) {
  return command.add_option(flag, value, help)->type_name(type)->group(group);
}

constexpr char kTables[] = "Tables";
constexpr char kTokens[] = "Tasks per token";

}  // namespace

void AddExampleOptions(CLI::App& command, LabelledInput& input, const RegionFiles& regions) {
  Add(command, kTables, "--sequence-column", input.sequence_column, "NAME", "Column of a table that has the sequences")
      ->capture_default_str();
  Add(command, kTables, "--id-column", input.id_column, "NAME",
      "Column that has the ids; default: the line's number in a table, the name in BED, the ID in GFF3");

  AddRegionOptions(command, {.genome = input.genome,
                             .regions = regions.file,
                             .region_list = regions.list,
                             .feature = input.feature,
                             .window = input.window,
                             .pads_at_ends = input.pads_at_ends});

  Add(command, kTokens, "--token-window-bp", input.window_bp, "BP",
      "Length of the windows that regions are cut into; default: 1024");
  Add(command, kTokens, "--token-stride-bp", input.stride_bp, "BP",
      "Distance from one of these windows to the next; default: 0, side by side");
}

void AddLabelOptions(CLI::App& command, LabelledInput& input) {
  AddNameList(
      command, "--label-column", input.label_columns,
      "Columns that have the labels, separated by commas (one with a comma in double quotes); default: label or labels. "
      "BED: name, score or a number of a column; GFF3: an attribute")
      ->group(kTables);
  Add(command, kTables, "--label-separator", input.label_separator, "C",
      "Character between several labels in one column: ; for 0;1;0");
  Add(command, kTables, "--positive", input.positive, "LABEL",
      "Label of a binary task that counts as 1; needed unless the two labels show it, as 0 and 1 or no and yes do");
  AddNameList(
      command, "--output-names", input.output_names,
      "Names for the labels, separated by commas, where the file has none for them; for a model that exists, other names "
      "for its outputs, in their order")
      ->group(kTables);
  Add(command, kTables, "--group-column", input.group_column, "NAME",
      "Column with the group of each example (gene, family, species), whose examples belong together");
  Add(command, kTables, "--group-separator", input.group_separator, "C",
      "Character that ends the group in an id: with . the group of AT1G01010.1 is AT1G01010");
  Add(command, kTables, "--labels", input.labels, "TSV|BED",
      "Table of labels by id, for FASTA and for features; with --task token BED intervals named by their class");
  command
      .add_flag("--leave-out-unlabelled", input.leaves_out_unlabelled,
                "Leave out sequences that have no label, instead of an error")
      ->group(kTables);
  command
      .add_flag("--keep-repeated-ids", input.keeps_repeated_ids,
                "Keep examples whose id comes twice, instead of an error")
      ->group(kTables);
  Add(command, kTokens, "--background", input.background, "NAME",
      "Class of the bases that are in no interval; default: none; empty: they have no class and are not trained on");
}

void AddLearnedOptions(CLI::App& command, LabelledInput& input) {
  Add(command, kTables, "--split-column", input.split_column, "NAME",
      "Column with the part of each example: train, valid or test");
}

void AddSplitOptions(CLI::App& command, SplitOptions& split) {
  constexpr char kGroup[] = "Split";
  AddNameList(
      command, "--test-groups", split.test_groups,
      "Groups (chromosomes, species, families) to test on, separated by commas (one with a comma in double quotes)")
      ->group(kGroup);
  AddNameList(command, "--valid-groups", split.valid_groups,
              "Groups to validate on, separated by commas: training stops by them")
      ->group(kGroup);
  Add(command, kGroup, "--test-share", split.test_share, "SHARE",
      "Share of the examples to draw for the test, where no file, column or group says which")
      ->capture_default_str();
  Add(command, kGroup, "--valid-share", split.valid_share, "SHARE",
      "Share of the training examples to draw for validation, where no file, column or group says which")
      ->capture_default_str();
  Add(command, kGroup, "--split-seed", split.seed, "SEED", "Random seed of these draws and of folds")
      ->capture_default_str();
}

}  // namespace agront::cli
